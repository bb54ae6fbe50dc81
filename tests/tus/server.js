// The tus project's own server on a free port of loopback, at the path that stations upload to.
// node server.js FOLDER [PORT]; prints its port as the only line.
import { FileStore } from "@tus/file-store";
import { Server } from "@tus/server";

const [directory, port = "0"] = process.argv.slice(2);
const server = new Server({ path: "/api/v1/files", datastore: new FileStore({ directory }) });
const listener = server.listen({ host: "127.0.0.1", port: Number(port) }, () => console.log(listener.address().port));
