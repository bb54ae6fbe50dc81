"""The application: every route, the shared services, and the work that runs beside requests."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from central import catalogue, metrics, numbers, papers, receipts, records, stations, status, uploads
from central.blobs import BlobStore, FolderBlobs
from central.centre import API, Centre, CentreDep
from central.database import open_database
from central.limits import Limiter
from central.manifests import MANIFEST
from central.problems import ProblemDetail, install_problems
from central.receipts import publish_key
from central.s3 import S3Blobs, open_bucket
from central.s3_uploads import S3Uploads
from central.settings import Settings
from central.signing import open_signer
from central.traffic import Traffic
from central.upload_storage import FolderUploads, UploadStorage
from central.web import catalogue_pages, pages, progress_pages, record_pages, station_pages, structure_pages
from central.web.error_pages import answer
from central.web.views import SignInNeeded, to_sign_in

_SWEEP_SECONDS = 3600.0
_REFERENCE = "#/components/schemas/{model}"

health = APIRouter()


class Health(BaseModel):
    """The server answers."""

    status: str


class Time(BaseModel):
    """The centre's clock."""

    now: str


@health.get("/healthz", tags=["health"])
def get_health(centre: CentreDep) -> Health:
    """Say that the server, its database and its store of files answer."""
    with centre.database.read() as session:
        session.connection()
    centre.blobs.check()
    return Health(status="ok")


@health.get(f"{API}/time", tags=["health"])
def get_time(centre: CentreDep) -> Time:
    """Give the centre's time, so that a station can notice that its own clock is wrong."""
    return Time(now=centre.clock().isoformat())


def create_centre(settings: Settings) -> Centre:
    """Open the database, the store of files and the signing key. Raises BadFilesUrl, BadKeyFile, OSError or SQLAlchemyError."""
    database = open_database(settings)
    try:
        settings.uploads_dir.mkdir(parents=True, exist_ok=True)
        limiter = Limiter(settings.station_rate, settings.stranger_rate)
        centre = Centre(settings, database, _blob_store(settings), open_signer(settings.receipt_key_file), limiter)
        publish_key(database, centre.signer, centre.clock())
    except BaseException:
        database.close()
        raise
    return centre


def _blob_store(settings: Settings) -> BlobStore:
    if settings.files_url:
        return S3Blobs(open_bucket(settings.files_url))
    settings.files_dir.mkdir(parents=True, exist_ok=True)
    return FolderBlobs(settings.files_dir)


def open_uploads(settings: Settings) -> UploadStorage:
    """Open the place of uploads under way. Raises BadFilesUrl."""
    if settings.files_url:
        return S3Uploads(open_bucket(settings.files_url), settings.uploads_dir)
    return FolderUploads(settings.uploads_dir)


def create_app(settings: Settings) -> FastAPI:
    """Build the server. Raises OSError or SQLAlchemyError where its storage cannot be used."""
    centre = create_centre(settings)
    app = FastAPI(
        title="Số hoá Một cửa: central server",
        version="1",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.centre = centre
    app.state.uploads = uploads.Uploads(centre, open_uploads(settings))
    for router in (
        stations.router,
        status.router,
        catalogue.router,
        numbers.router,
        uploads.router,
        records.router,
        receipts.router,
        papers.router,
    ):
        app.include_router(router)
    app.include_router(uploads.tus_router(app.state.uploads))
    app.include_router(health)
    app.include_router(metrics.router)
    for web in (pages, catalogue_pages, structure_pages, progress_pages, record_pages, station_pages):
        app.include_router(web.router, include_in_schema=False)
    install_problems(app, answer)
    app.add_exception_handler(SignInNeeded, to_sign_in)
    app.state.metrics = metrics.Metrics()
    app.add_middleware(Traffic, settings=settings, metrics=app.state.metrics, answer=answer)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    await asyncio.to_thread(app.state.uploads.sweep)
    sweeper = asyncio.create_task(_sweep_now_and_then(app.state.uploads))
    yield
    sweeper.cancel()
    with suppress(asyncio.CancelledError):
        await sweeper
    app.state.uploads.counter.close()
    app.state.centre.database.close()


async def _sweep_now_and_then(work: uploads.Uploads) -> None:
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        try:
            await asyncio.to_thread(work.sweep)
        except Exception as error:
            # The next round may find the disk in order again; the server goes on meanwhile.
            logging.getLogger("sohoa.central").error("sweep failed: %s", type(error).__name__)


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, routes=app.routes)
        components = schema.setdefault("components", {}).setdefault("schemas", {})
        manifest = MANIFEST.json_schema(ref_template=_REFERENCE)
        components.update(manifest.pop("$defs"))
        components["Manifest"] = manifest
        components["ProblemDetail"] = ProblemDetail.model_json_schema()
        for path in schema["paths"].values():
            for operation in path.values():
                _declare_problems(operation)
        for unused in ("HTTPValidationError", "ValidationError"):
            components.pop(unused, None)
        app.openapi_schema = schema
    return app.openapi_schema


def _declare_problems(operation: dict[str, Any]) -> None:
    # tuspyserver lists it as a parameter of its own, but it belongs to HTTP.
    parameters = operation.get("parameters", [])
    operation["parameters"] = [one for one in parameters if one["name"].lower() not in ("content-length", "post_request")]
    problem = {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(model="ProblemDetail")}}}
    responses = operation["responses"]
    if "422" in responses:
        responses["422"]["content"] = problem
    responses["default"] = {"description": "Any other problem", "content": problem}
