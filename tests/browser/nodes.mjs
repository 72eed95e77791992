// Real daemons for tests in a browser: made in a temporary folder, on free loopback ports, stopped at
// the end. DAFTAR and DAFTARD name the programs.
import { execFile, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(new URL("../..", import.meta.url).pathname);
const COMMAND_MILLIS = 60_000;
const START_MILLIS = 60_000;
const LOOK_MILLIS = 100; // between two looks at something that takes its time

function program(name) {
  const path = process.env[name];
  if (!path) throw new Error(`set ${name} to the program; ctest does it`);
  return path;
}

export async function until(look, millis, what) {
  const end = Date.now() + millis;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`not within ${millis / 1000} s: ${what}`);
    await new Promise((next) => setTimeout(next, LOOK_MILLIS));
  }
}

// Below the range that the kernel takes for outgoing connections.
const given = new Set();
async function freePort() {
  for (let tries = 0; tries < 500; ++tries) {
    const port = 12000 + Math.floor(Math.random() * 20000);
    if (given.has(port)) continue;
    const free = await new Promise((done) => {
      const server = createServer();
      server.once("error", () => done(false));
      server.listen(port, "127.0.0.1", () => server.close(() => done(true)));
    });
    if (free) {
      given.add(port);
      return port;
    }
  }
  throw new Error("found no free port on 127.0.0.1");
}

class Node {
  constructor(folder, letter, peerPort, httpPort) {
    this.directory = join(folder, letter);
    this.log = join(folder, `${letter}.log`);
    this.origin = `toko-${letter.toLowerCase()}.test`;
    this.name = `Toko ${letter}`;
    this.peerPort = peerPort;
    this.url = `http://127.0.0.1:${httpPort}`;
    this.said = "";
  }

  // Runs `daftar --dir D ...`; answers its standard output. Throws when it fails with 64 or more.
  daftar(...words) {
    return new Promise((done, failed) => {
      execFile(
        program("DAFTAR"),
        ["--dir", this.directory, ...words.map(String)],
        { timeout: COMMAND_MILLIS, env: { ...process.env, DAFTAR_TOKEN: undefined } },
        (error, out, err) => {
          if (error && !(error.code < 64)) failed(new Error(`daftar ${words.join(" ")}: ${err}`));
          else done(out);
        },
      );
    });
  }

  async ask(...words) {
    return JSON.parse(await this.daftar(...words, "--output", "json"));
  }

  async start() {
    const log = createWriteStream(this.log, { flags: "a" });
    this.process = spawn(program("DAFTARD"), ["--dir", this.directory], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.on("data", (bytes) => {
        this.said += bytes;
        log.write(bytes);
      });
    }
    this.process.on("exit", () => (this.process = undefined));
    await until(
      async () => {
        if (!this.process) throw new Error(`the daemon ended at once: ${this.said.slice(-2000)}`);
        try {
          return await this.daftar("status", "--timeout", "5");
        } catch {
          return undefined;
        }
      },
      START_MILLIS,
      `${this.name} answers`,
    );
    return this;
  }

  async stop(signal = "SIGTERM") {
    const running = this.process;
    if (!running) return;
    const ended = new Promise((done) => running.once("exit", done));
    running.kill(signal);
    await ended;
  }

  // The one-time link for the first user, where the daemon has left it.
  async firstUserLink() {
    const file = await readFile(join(this.directory, "first-user-link"), "utf8").catch(() => "");
    return /http\S+#\/welcome\/\S+/.exec(file)?.[0];
  }

  // A user who signs in with a password; answers the whole one-time link.
  async addPerson(name, role) {
    const added = await this.ask("user", "add", name, "--role", role, "--sign-in");
    return added.link.startsWith("http") ? added.link : this.url + added.link;
  }
}

export class Circle {
  static async make() {
    const circle = new Circle();
    circle.folder = await mkdtemp(join(tmpdir(), "daftar-browser-"));
    circle.nodes = [];
    return circle;
  }

  // `changes` are pairs of texts of the demonstration's charter.
  async node(letter, { changes = [], init = [] } = {}) {
    let charter = await readFile(join(ROOT, "deploy/charters/demo.toml"), "utf8");
    for (const [old, fresh] of changes) {
      if (!charter.includes(old)) throw new Error(`the charter has no ${old}`);
      charter = charter.replace(old, fresh);
    }
    const file = join(this.folder, `${letter}.toml`);
    await writeFile(file, charter);
    const node = new Node(this.folder, letter, await freePort(), await freePort());
    await node.daftar(
      ...["init", "--name", node.name, "--origin", node.origin, "--charter", file],
      ...["--peer-listen", `127.0.0.1:${node.peerPort}`],
      ...["--http-listen", node.url.slice("http://".length), ...init],
    );
    this.nodes.push(node);
    return node.start();
  }

  async pair(inviter, joiner) {
    await joiner.daftar("partner", "join", (await inviter.daftar("partner", "invite")).trim());
    await this.connected(inviter, joiner);
    await this.connected(joiner, inviter);
  }

  connected(node, partner) {
    return until(
      async () => {
        const row = await node.ask("partner", "show", partner.origin);
        return row.connection === "connected" && row.log_size > 0;
      },
      START_MILLIS,
      `${node.name} follows the log of ${partner.name}`,
    );
  }

  // Keeps the daemons' logs where `keep` says, and removes everything else.
  async end(keep) {
    for (const node of this.nodes) {
      await node.stop("SIGKILL");
      if (keep) await cp(node.log, join(keep, `${node.name}.log`), { force: true });
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
