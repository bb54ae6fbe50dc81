// The tus project's own client: uploads a file as told by a JSON object on stdin, prints what came of it as another.
// {endpoint, file, headers, metadata, chunkSize, url: where to go on, leaveAt: bytes after which it stops, terminate}
import { readFileSync } from "node:fs";
import { Upload } from "tus-js-client";

const told = JSON.parse(readFileSync(0, "utf8"));
const offsets = [];
const done = (result) => console.log(JSON.stringify({ url: upload.url, offsets, ...result }));
const leave = async () => {
  await upload.abort(Boolean(told.terminate));
  done({ left: true });
};
const upload = new Upload(readFileSync(told.file), {
  endpoint: told.endpoint,
  uploadUrl: told.url,
  headers: told.headers,
  metadata: told.metadata,
  chunkSize: told.chunkSize,
  retryDelays: [100, 300, 1000],
  onChunkComplete: (_size, offset) => {
    offsets.push(offset);
    if (told.leaveAt && offset >= told.leaveAt) leave();
  },
  onSuccess: () => done({ left: false }),
  onError: (error) => done({ status: error.originalResponse?.getStatus() ?? 0 }),
});
upload.start();
