// daftard: the node's daemon; `daftard init`, which makes a node's directory; and `daftard
// new-log`, which begins a new log in the place of one that cannot go on.
#include <grpcpp/support/config.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "node/new_log_words.h"
#include "node/service/accept_loop.h"
#include "node/service/book_handlers.h"
#include "node/service/convert.h"
#include "node/service/credentials.h"
#include "node/service/disclosure_handlers.h"
#include "node/service/incident_handlers.h"
#include "node/service/local_server.h"
#include "node/service/log_http.h"
#include "node/service/node_handlers.h"
#include "node/service/partner_client.h"
#include "node/service/partner_server.h"
#include "node/service/policy_handlers.h"
#include "node/service/session_handlers.h"
#include "node/service/shop_handlers.h"
#include "node/service/subject_handlers.h"
#include "node/service/tls.h"
#include "node/service/trouble_news.h"
#include "node/service/users.h"
#include "node/service/web_front.h"
#include "node/setup.h"
#include "node/version.h"
#include "storage/files.h"
#include "web/console_files.h"

namespace daftar {
namespace {

// sysexits.h, as docs/cli.md lists them.
int ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return 0;
    case absl::StatusCode::kInvalidArgument:
      return 64;
    case absl::StatusCode::kDataLoss:
      return 65;
    case absl::StatusCode::kNotFound:
      return 66;
    case absl::StatusCode::kUnavailable:
      return 69;
    case absl::StatusCode::kAlreadyExists:
      return 73;
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
      return 75;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return 77;
    case absl::StatusCode::kFailedPrecondition:
      return 78;
    default:
      return 70;
  }
}

std::string LowerCase(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

int Fail(const absl::Status& status, bool json) {
  const std::string message(status.message());
  if (json) {
    std::cerr << nlohmann::json{{"error",
                                 {{"code", LowerCase(absl::StatusCodeToString(status.code()))},
                                  {"message", message}}}}
                     .dump()
              << "\n";
  } else {
    // `daftar` when that command has become this one.
    std::cerr << program_invocation_short_name << ": " << message << "\n";
  }
  return ExitCodeOf(status);
}

struct Options {
  std::string dir;
  std::string passphrase_file;
  std::string log_level = "info";
  std::string output = "text";
  std::string region;
  bool recover = false;
  NewNode plan;
  NewLogPlan new_log;
};

// Where the console, the API and the health of the node answer.
std::string HttpAddress(const Config& config) {
  return "http" + std::string(config.http_tls_key.empty() ? "" : "s") + "://" + config.http_listen +
         "/";
}

int RunInit(const Options& options) {
  const bool json = options.output == "json";
  NewNode plan = options.plan;
  plan.dir = std::filesystem::absolute(options.dir);
  plan.passphrase_file = options.passphrase_file;
  for (std::string* file : {&plan.config.http_tls_certificate, &plan.config.http_tls_key}) {
    if (!file->empty()) *file = std::filesystem::absolute(*file).string();
  }
  if (!options.region.empty()) {
    auto region = identity::RegionFromCode(options.region);
    if (!region.ok()) return Fail(region.status(), json);
    plan.config.region = *region;
    plan.region_given = true;
  }
  auto made = MakeNode(plan, evidence::SystemClock(), crypto::SystemEntropy());
  if (!made.ok()) return Fail(made.status(), json);
  const bool unlock_file = made->unlock_method == storage::UnlockMethod::kUnlockFile;
  const std::string address = HttpAddress(made->config);
  const bool has_console = !web::ConsoleFiles().empty();
  if (json) {
    nlohmann::json console;
    if (has_console) console = address;
    std::cout << nlohmann::json{{"dir", plan.dir.string()},
                                {"name", made->config.name},
                                {"origin", made->config.origin},
                                {"circle_name", made->circle_name},
                                {"region", identity::RegionCode(made->config.region)},
                                {"first_entry", made->first_entry},
                                {"peer_listen", made->config.peer_listen},
                                {"peer_advertise", made->config.advertised()},
                                {"http_listen", made->config.http_listen},
                                {"console", console},
                                {"log_listen", made->config.log_listen},
                                {"test_mode", made->config.test_mode},
                                {"unlock_file", unlock_file}}
                     .dump(2)
              << "\n";
    return 0;
  }
  if (made->config.test_mode) std::cout << "TEST MODE\n";
  std::cout << "Made the node of " << made->config.name << " in " << plan.dir.string() << "\n"
            << "  log          " << made->config.origin << "\n"
            << "  circle       " << made->circle_name << "\n"
            << "  first entry  " << made->first_entry << "\n"
            << "  partners     " << made->config.peer_listen << "\n"
            << (has_console ? "  console      " : "  API          ") << address
            << (has_console ? "  (the API too)\n" : "\n") << "  health       " << address
            << "readyz\n";
  if (!made->config.log_listen.empty()) {
    std::cout << "  public log   http://" << made->config.log_listen << "/log/checkpoint\n";
  }
  std::cout << "\nStart it:  daftard --dir " << options.dir
            << (options.passphrase_file.empty() ? ""
                                                : " --passphrase-file " + options.passphrase_file)
            << "\n";
  if (unlock_file) {
    std::cout << "\nIts keys are opened by the file 'unlock' in the same directory (readable by "
                 "this user only).\nThat does not protect them from whoever copies the directory: "
                 "for that give --passphrase-file,\nor the systemd credential daftar-passphrase.\n";
  }
  return 0;
}

// A signal may end it: every step is durable, and the same command goes on.
int RunNewLog(const Options& options) {
  const bool json = options.output == "json";
  NewLogPlan plan = options.new_log;
  plan.actor = "uid:" + std::to_string(getuid());
  umask(0077);
  std::string last;
  const auto progress = [&](std::string_view doing) {
    if (!json && doing != last) std::cerr << doing << " ...\n";
    last = doing;
    return true;
  };
  auto done = BeginNewLogIn(std::filesystem::absolute(options.dir), options.passphrase_file, plan,
                            evidence::SystemClock(), crypto::SystemEntropy(), progress);
  if (!done.ok()) return Fail(done.status(), json);
  if (!json) {
    std::cout << NewLogWords(*done);
    return 0;
  }
  std::cout << nlohmann::json{{"old_origin", done->old.origin}, {"old_size", done->old.size},
                              {"origin", done->origin},         {"first_entry", done->first_entry},
                              {"queued", done->anew.queued},    {"stopped", done->anew.stopped},
                              {"expired", done->anew.expired},  {"disputed", done->left.disputed},
                              {"ended", done->left.ended},      {"nameless", done->left.nameless},
                              {"partners", done->partners}}
                   .dump(2)
            << "\n";
  return 0;
}

// Hashes only, and where a file has its fault: nothing of customers stands in a policy.
void LogPolicyNews(check::Policies& policies, bool problems) {
  constexpr size_t kHashDigits = 12;
  for (const check::PolicyNews& news : policies.TakeNews()) {
    if (news.now != news.before) {
      spdlog::info("policy {} is in force, before it {}", news.now.hex().substr(0, kHashDigits),
                   news.before.hex().substr(0, kHashDigits));
    }
    if (!problems || news.problem.empty()) continue;
    std::istringstream lines(news.problem);
    for (std::string line; std::getline(lines, line);) spdlog::warn("{}", line);
  }
}

void LogTroubleNews(service::TroubleNews& news) {
  for (const service::TroubleLine& line : news.Take()) {
    spdlog::log(line.over ? spdlog::level::info : spdlog::level::err, "{}", line.text);
  }
}

// While nobody can sign in. On the terminal, or else in a file of the node's own: whoever has the
// link becomes the owner, so that it must not stand in a log.
absl::Status ShowFirstUserLink(const std::filesystem::path& dir, const Config& config,
                               service::Sessions& sessions) {
  const std::filesystem::path file = dir / "first-user-link";
  const auto link = sessions.FirstUserLink();
  if (!link.ok()) return link.status();
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  if (!link->has_value()) return absl::OkStatus();
  const std::string address = HttpAddress(config) + "#/welcome/" + (*link)->secret;
  const std::string until = "once, until " + service::TimeText((*link)->expires_at);
  // `daftar` has no directory of its own to fall back on.
  const std::string command =
      "daftar --dir " + dir.string() + " user add NAME --role owner --sign-in";
  if (isatty(STDERR_FILENO) != 0) {
    std::cerr << "First user: open " << address << " (" << until << "),\n  or run: " << command
              << std::endl;
    return absl::OkStatus();
  }
  const std::string line = address + "\n";
  absl::Status written = storage::AtomicWriteFile(file, crypto::AsBytes(line));
  if (!written.ok()) return written;
  spdlog::info(
      "nobody can sign in at the console yet: the first user's link is in {} ({}), or run `{}`",
      file.string(), until, command);
  return absl::OkStatus();
}

int RunDaemon(const Options& options) {
  // Before any thread exists, so that every thread inherits the mask.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGINT);
  sigaddset(&stop_signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  umask(0077);
  service::PrepareGrpcForTls();
  const int descriptors = service::RaiseDescriptorLimit();

  const std::filesystem::path dir = std::filesystem::absolute(options.dir);
  auto opened = OpenNode(
      dir, options.passphrase_file, evidence::SystemClock(), crypto::SystemEntropy(),
      [](const crypto::TlsIdentity& identity) {
        return std::make_unique<service::PartnerClient>(identity);
      },
      options.recover);
  if (!opened.ok()) return Fail(opened.status(), false);
  Node& node = *opened->node;
  service::Users users(node.store(), node.vault(), node.clock(), node.entropy());
  service::ShopHandlers shop(node);
  service::IncidentHandlers incident(node);
  service::SubjectHandlers subject(node);
  service::BookHandlers book(node);
  service::PolicyHandlers policy(node);
  service::NodeHandlers handlers(node, users);
  service::DisclosureHandlers disclosure(node);
  service::Sessions sessions(node.store(), node.vault(), node.clock(), node.entropy());
  const service::Credentials credentials{users, sessions};
  service::SessionHandlers session(node, credentials);
  // The partner port before the local one: gRPC's health service, which the local server turns on,
  // would go into every server built after it.
  auto partner_server = service::PartnerServer::Start(node);
  if (!partner_server.ok()) return Fail(partner_server.status(), false);
  service::LogHttp log_http(node.store(), node.publisher(), node.witness());
  auto log_server = service::StartLogFront(node.config(), log_http);
  if (!log_server.ok()) return Fail(log_server.status(), false);
  if (absl::Status status = node.Start(); !status.ok()) return Fail(status, false);
  const service::Handlers all{shop, incident, subject, book, policy, handlers, disclosure, session};
  auto web_front = service::WebFront::Start(node, **partner_server, log_http, all, credentials,
                                            web::ConsoleFiles());
  if (!web_front.ok()) return Fail(web_front.status(), false);
  auto local_server =
      service::LocalServer::Start(NodePaths(dir).socket().string(), all, credentials);
  if (!local_server.ok()) return Fail(local_server.status(), false);

  spdlog::info("{} serves: partners {}, console {}, {} descriptors", node.config().origin,
               node.config().peer_listen, node.config().http_listen, descriptors);
  if (node.config().test_mode) {
    spdlog::warn("TEST MODE: answers about test identifiers are made up; not for real customers");
  }
  if (*log_server != nullptr) spdlog::info("the log is public on {}", node.config().log_listen);
  if (descriptors < 4096) {
    spdlog::warn("only {} file descriptors are allowed; raise the limit (ulimit -n 65536)",
                 descriptors);
  }
  // A shop with an order waiting is not stopped by it.
  if (absl::Status status = ShowFirstUserLink(dir, node.config(), sessions); !status.ok()) {
    spdlog::error("no link for the first user can be made: {}", std::string(status.message()));
  }
  if (const size_t undecoded = node.policies().undecoded(); undecoded > 0) {
    spdlog::warn(
        "{} kept policies were made by another version of Daftar; decisions under them "
        "cannot be explained by this one",
        undecoded);
  }
  LogPolicyNews(node.policies(), false);  // a faulty file is among the problems below
  service::TroubleNews trouble(node);
  trouble.Take();  // it is among these
  for (const service::Problem& problem : handlers.Problems()) {
    spdlog::error("{}", problem.words);
  }
  constexpr timespec kEverySecond{1, 0};
  while (sigtimedwait(&stop_signals, nullptr, &kEverySecond) < 0) {
    LogPolicyNews(node.policies(), true);
    LogTroubleNews(trouble);
  }
  spdlog::info("stopping");
  // A call that waits for a partner's files would hold the local server.
  node.proof_requests().Stop();
  shop.Stop();
  node.StopRecovery();
  local_server->reset();
  web_front->reset();
  log_server->reset();
  // Streams wait for news; wake them before their server waits for them.
  node.Stop();
  partner_server->reset();
  spdlog::info("stopped");
  return 0;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app{
      "daftard, the daemon of a Daftar node.\n\nExample:\n  daftard --dir /var/lib/daftar"};
  app.set_version_flag("--version", "daftard " + std::string(kVersion));
  app.add_option("--dir", options.dir, "The node's directory, made by `daftar init`")
      ->type_name("DIR")
      ->envname("DAFTAR_DIR");
  app.add_option("--passphrase-file", options.passphrase_file,
                 "Read the keystore's passphrase from this file (0600)")
      ->type_name("FILE");
  app.add_flag(
      "--recover", options.recover,
      "Start with an empty database where there is none, to fetch the log back from partners "
      "(`daftar log recover`)");
  app.add_option("--log-level", options.log_level, "debug, info, warning or error")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  app.fallthrough();

  CLI::App* init = app.add_subcommand("init", "Make a new node's directory (see `daftar init`)");
  init->add_option("--name", options.plan.config.name, "What people call the business")
      ->type_name("NAME")
      ->required();
  init->add_option("--origin", options.plan.config.origin, "Name of the log, unique in the circle")
      ->type_name("NAME")
      ->required();
  init->add_option("--charter", options.plan.charter, "The circle's charter file")
      ->type_name("FILE")
      ->required();
  init->add_option("--region", options.region, "Home region: ID MY SG BN TH PH VN TL")
      ->type_name("REGION");
  init->add_option("--peer-listen", options.plan.config.peer_listen, "host:port for partners")
      ->type_name("HOST:PORT")
      ->required();
  init->add_option("--peer-advertise", options.plan.config.peer_advertise,
                   "host:port that pairing codes offer")
      ->type_name("HOST:PORT");
  init->add_option("--http-listen", options.plan.config.http_listen,
                   "host:port for the console, the API and health")
      ->type_name("HOST:PORT")
      ->required();
  init->add_option("--http-tls-certificate", options.plan.config.http_tls_certificate,
                   "PEM file of the certificate for --http-listen")
      ->type_name("FILE");
  init->add_option("--http-tls-key", options.plan.config.http_tls_key, "PEM file of its key")
      ->type_name("FILE");
  init->add_option("--log-listen", options.plan.config.log_listen,
                   "host:port where anybody may read the log")
      ->type_name("HOST:PORT");
  init->add_flag("--test-mode", options.plan.config.test_mode,
                 "Make up answers about test identifiers; such a node has no partners");
  init->add_option("--output", options.output, "text or json")
      ->type_name("FORM")
      ->check(CLI::IsMember({"text", "json"}));

  CLI::App* new_log = app.add_subcommand(
      "new-log",
      "Begin a new log in the place of one that cannot go on (see `daftar log recover`)");
  new_log->add_option("--origin", options.new_log.origin, "Name of the new log")
      ->type_name("NAME")
      ->required();
  new_log->add_option("--because", options.new_log.because, "Why, for the record")
      ->type_name("TEXT")
      ->required();
  new_log->add_flag("--even-if-whole", options.new_log.even_if_whole,
                    "Although nothing seems wrong with the log here");
  new_log->add_flag("--database-lost", options.new_log.database_lost,
                    "Although there is no database any more: begin without customers, orders, "
                    "incidents and partners");
  new_log->add_option("--output", options.output, "text or json")
      ->type_name("FORM")
      ->check(CLI::IsMember({"text", "json"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  if (options.dir.empty()) {
    return Fail(absl::InvalidArgumentError("which node? Give --dir DIR or set DAFTAR_DIR"), false);
  }
  auto logger = spdlog::stderr_logger_mt("daftard");
  spdlog::set_default_logger(logger);
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  spdlog::flush_on(spdlog::level::info);
  if (init->parsed()) return RunInit(options);
  return new_log->parsed() ? RunNewLog(options) : RunDaemon(options);
}

}  // namespace
}  // namespace daftar

int main(int argc, char** argv) { return daftar::Main(argc, argv); }
