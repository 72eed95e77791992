// A policy over past orders, as it would have decided then. No node is needed.
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/import.h"
#include "cli/interrupt.h"
#include "cli/policy_file.h"
#include "cli/process.h"
#include "cli/progress.h"
#include "cli/session.h"
#include "cli/show_backtest.h"
#include "cli/text.h"
#include "crypto/entropy.h"
#include "node/decision/backtest_plot.h"
#include "node/decision/history_file.h"
#include "node/evidence/clock.h"

namespace daftar::cli {
namespace {

constexpr size_t kMaxToldRefusals = 5;     // of lines left out of a back-test that goes on
constexpr size_t kMaxListedRefusals = 20;  // of a ledger of which nothing is left
constexpr std::chrono::seconds kDrawLimit{60};
constexpr uint64_t kMaxSeed = 1'000'000'000;

absl::StatusOr<std::string> ReadSmall(const std::string& file, size_t most, const char* what) {
  std::ifstream stream(file, std::ios::binary);
  std::error_code error;
  if (!stream || std::filesystem::is_directory(file, error)) {
    return absl::NotFoundError(std::string("cannot read the ") + what + " " + file);
  }
  std::string text(most + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(stream.gcount()));
  return text;
}

// The file named, else the node's own where there is one, else the default.
absl::StatusOr<decision::Policy> PolicyOf(const BacktestOptions& options, const std::string& dir,
                                          Console& console) {
  std::string file = options.policy;
  if (file.empty() && !dir.empty()) {
    std::error_code error;
    const std::string own = dir + "/policy.toml";
    if (std::filesystem::exists(own, error)) file = own;
    // A running node keeps what its file said, even when the file is gone.
    if (file.empty() && std::filesystem::exists(dir + "/db", error)) {
      console.err << "daftar: there is no " << own
                  << "; measuring the default policy. For the one in force: daftar policy show > "
                     "FILE, and --policy FILE\n";
    }
  }
  if (file.empty() || file == "default") return decision::DefaultPolicy();
  return LoadPolicy(file, console);
}

absl::StatusOr<decision::BacktestOptions> Options(const BacktestOptions& options) {
  decision::BacktestOptions made;
  made.parties_are_shops = options.files.size() > 1;
  const uint64_t files = options.files.size();
  auto shops = MakeNumber("shops", options.shops, 1, decision::kMaxBacktestShops,
                          files > 1 ? files : made.shops);
  if (!shops.ok()) return shops.status();
  if (made.parties_are_shops && *shops != files) {
    return absl::InvalidArgumentError(
        "several ledgers are shops of their own; leave --shops out, or give one file");
  }
  made.shops = static_cast<uint32_t>(*shops);
  // What is not dealt at random comes out alike each time.
  auto rounds = MakeNumber("rounds", options.rounds, 1, decision::kMaxBacktestRounds,
                           files > 1 || *shops == 1 ? 1 : made.rounds);
  if (!rounds.ok()) return rounds.status();
  made.rounds = static_cast<uint32_t>(*rounds);
  auto seed = MakeNumber("seed", options.seed, 0, kMaxSeed, made.seed);
  if (!seed.ok()) return seed.status();
  made.seed = *seed;
  made.learnt_weights = options.learnt;
  made.liar = options.liar && *shops > 1;
  made.partner_curve = !options.plot.empty() && *shops > 1;
  return made;
}

std::string RefusalsText(const std::vector<std::string>& refusals, uint64_t count) {
  std::string text;
  for (const std::string& refusal : refusals) text += "\n" + refusal;
  if (count > refusals.size()) {
    text += "\nand " + std::to_string(count - refusals.size()) + " more";
  }
  return text;
}

// What the day took away, where that may be why too little is left.
std::string AsOfText(const BacktestRun& run) {
  if (run.not_judged_yet + run.later_orders == 0) return {};
  return ". As of " + run.as_of + " " + Count(run.not_judged_yet, "order") +
         " had no outcome yet, and " + std::to_string(run.later_orders) +
         " came later; see --as-of";
}

// Several ledgers are shops of their own: one given twice would be a partner that knows everything.
absl::Status CheckAllDiffer(const std::vector<std::string>& files) {
  const auto alike = FindAlike(files);
  if (!alike.has_value()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      alike->first + " and " + alike->second +
      (alike->one_file ? " are the same file" : " hold the same bytes") +
      "; each ledger is a shop of its own, so give each once");
}

// Reads one ledger. What it leaves out is noted in `run`; a ledger without any line that can be
// used is DataLoss that names its lines.
class LedgerReader {
 public:
  LedgerReader(const std::string& file, Console& console, BacktestRun& run)
      : file_(file), console_(console), run_(run) {}

  absl::Status Read(const decision::HistoryMapping& mapping,
                    const decision::HistoryFileOptions& options,
                    decision::HistoryBuilder& history) {
    stream_.open(file_, std::ios::binary);
    std::error_code error;
    if (!stream_ || std::filesystem::is_directory(file_, error)) {
      return absl::NotFoundError("cannot read the ledger " + file_);
    }
    const size_t before = history.size();
    const uint64_t size = std::filesystem::file_size(file_, error);
    absl::Status status;
    {
      Progress bar(console_.err, file_, console_.err_is_terminal && !console_.json);
      status = decision::ReadHistory(
          stream_, mapping, options, history,
          [&](const decision::LedgerRefusal& refusal) { return Refuse(refusal); },
          [&](uint64_t line) {
            line_ = line;
            const auto at = stream_.tellg();
            bar.Update(at < 0 ? size : static_cast<uint64_t>(at), error ? 0 : size, line);
            return !InterruptScope::Interrupted();
          });
    }
    return Ended(status, history.size() - before);
  }

 private:
  bool Refuse(const decision::LedgerRefusal& refusal) {
    ++refused_;
    ++run_.lines_refused;
    line_ = refusal.line;
    const bool list = refusals_.size() < kMaxListedRefusals;
    const bool tell = run_.refusals.size() < kMaxToldRefusals;
    if (list || tell) {
      const std::string text =
          file_ + ", line " + std::to_string(refusal.line) + ": " + refusal.reason;
      if (list) refusals_.push_back(text);
      if (tell) run_.refusals.push_back(text);
    }
    return !InterruptScope::Interrupted();
  }

  absl::Status Ended(const absl::Status& status, size_t taken) const {
    if (absl::IsCancelled(status)) {
      return absl::CancelledError("stopped while reading " + file_ + ", after line " +
                                  std::to_string(line_) + "; nothing was written");
    }
    if (!status.ok()) {
      return absl::Status(status.code(), file_ + ": " + MessageOf(status));
    }
    if (taken > 0) return absl::OkStatus();
    if (refused_ == 0) return absl::DataLossError(file_ + " has no line after its first");
    return absl::DataLossError("no line of " + file_ + " could be used; does the mapping fit it?" +
                               RefusalsText(refusals_, refused_));
  }

  const std::string& file_;
  Console& console_;
  BacktestRun& run_;
  std::ifstream stream_;
  uint64_t line_ = 0;
  uint64_t refused_ = 0;
  std::vector<std::string> refusals_;
};

absl::Status WriteText(const std::string& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << text;
  stream.close();
  if (stream) return absl::OkStatus();
  return absl::PermissionDeniedError("cannot write " + file);
}

// The picture, its numbers and its script.
std::array<std::string, 3> FilesOf(const std::filesystem::path& picture) {
  return {picture.string(), picture.string() + ".dat", picture.string() + ".gp"};
}

absl::Status CheckPicture(const std::string& picture, bool replace) {
  if (picture.empty()) return absl::OkStatus();
  std::error_code error;
  if (std::filesystem::is_directory(picture, error)) {
    return absl::InvalidArgumentError(picture + " is a folder; --plot names a file");
  }
  const std::string folder = std::filesystem::absolute(picture).parent_path().string();
  if (!std::filesystem::is_directory(folder, error)) {
    return absl::NotFoundError("there is no folder " + folder + " for the picture of --plot");
  }
  if (access(folder.c_str(), W_OK) != 0) {
    return absl::PermissionDeniedError("cannot write into the folder " + folder +
                                       ", where --plot wants its picture");
  }
  for (const std::string& file : FilesOf(picture)) {
    if (replace || !std::filesystem::exists(std::filesystem::symlink_status(file, error))) continue;
    return absl::AlreadyExistsError(file +
                                    " is there already; name another picture with --plot, or "
                                    "replace it with --force");
  }
  return decision::CheckPicturePath(std::filesystem::absolute(picture).string());
}

absl::Status RunGnuplot(const std::filesystem::path& image, const std::string& script) {
  constexpr size_t kMaxSaid = 500;  // bytes of what gnuplot says
  const std::string again = "the numbers and the script are there; draw it with: gnuplot " + script;
  const auto gnuplot = FindOnPath("gnuplot");
  if (!gnuplot.ok()) {
    return absl::UnavailableError(
        "the picture was not drawn: there is no gnuplot. Install it (apt-get install "
        "gnuplot-nox); " +
        again);
  }
  const auto drawn = RunProgram(*gnuplot, {script}, image.parent_path().string(), kDrawLimit);
  if (!drawn.ok()) {
    if (absl::IsCancelled(drawn.status())) return drawn.status();
    return absl::UnavailableError("the picture was not drawn: " + MessageOf(drawn.status()) + "; " +
                                  again);
  }
  std::error_code error;
  if (drawn->exit_code == 0 && std::filesystem::file_size(image, error) > 0 && !error) {
    return absl::OkStatus();
  }
  return absl::UnavailableError("the picture was not drawn: gnuplot ended with " +
                                std::to_string(drawn->exit_code) + " and said:\n" +
                                drawn->err.substr(0, kMaxSaid) + "\n" + again);
}

// The numbers and the script stay beside the picture, so that it can be drawn another way. Stopped,
// it leaves none of the three.
absl::Status Draw(const decision::BacktestReport& report, const std::string& picture) {
  const std::filesystem::path image = std::filesystem::absolute(picture);
  const auto [drawing, data, script] = FilesOf(image);
  auto text = decision::PlotScript(report, data, drawing);
  if (!text.ok()) return text.status();
  std::error_code error;
  std::filesystem::remove(image, error);  // an old one must not be taken for this one
  absl::Status status = WriteText(data, decision::PlotData(report));
  if (status.ok()) status = WriteText(script, *text);
  if (status.ok()) status = RunGnuplot(image, script);
  if (!absl::IsCancelled(status)) return status;
  for (const std::string& file : {drawing, data, script}) std::filesystem::remove(file, error);
  return absl::CancelledError(
      "stopped while drawing; the figures above are complete, and there is "
      "no picture");
}

absl::StatusOr<decision::BacktestReport> Measure(const decision::History& history,
                                                 const decision::Policy& policy,
                                                 const decision::BacktestOptions& options,
                                                 Console& console) {
  Progress bar(console.err, "replaying", console.err_is_terminal && !console.json);
  return decision::Backtest(
      history, policy, options,
      [&bar](uint64_t done, uint64_t all) { bar.Update(done, all, done); },
      [] { return InterruptScope::Interrupted(); });
}

absl::Status ReadLedgers(const BacktestOptions& options, const decision::HistoryMapping& mapping,
                         const decision::Policy& policy, decision::HistoryBuilder& history,
                         Console& console, BacktestRun& run) {
  for (size_t i = 0; i < options.files.size(); ++i) {
    decision::HistoryFileOptions file;
    file.late_after_days = policy.late_after_days;
    file.today = evidence::Date::Of(evidence::SystemClock().Now());
    if (run.options.parties_are_shops) {
      auto party = history.Party("file " + std::to_string(i));
      if (!party.ok()) return party.status();
      file.party = *party;
    }
    absl::Status read = LedgerReader(options.files[i], console, run).Read(mapping, file, history);
    if (!read.ok()) return read;
  }
  return absl::OkStatus();
}

absl::StatusOr<decision::HistoryMapping> MappingOf(const BacktestOptions& options,
                                                   const std::string& dir) {
  auto toml = ReadSmall(options.map, decision::kMaxMappingBytes, "mapping");
  if (!toml.ok()) return toml.status();
  std::optional<identity::Region> region = RegionOfNode(dir);
  if (!options.region.empty()) {
    auto named = identity::RegionFromCode(options.region);
    if (!named.ok()) {
      return absl::InvalidArgumentError("--region: " + MessageOf(named.status()));
    }
    region = *named;
  }
  auto mapping =
      decision::HistoryMapping::Parse(*toml, region.value_or(identity::Region::kIndonesia));
  if (mapping.ok()) return mapping;
  return absl::Status(mapping.status().code(), options.map + ": " + MessageOf(mapping.status()));
}

}  // namespace

absl::StatusOr<int> RunPolicyBacktest(Session& session, const BacktestOptions& options) {
  Console& console = session.console();
  auto settings = Options(options);
  if (!settings.ok()) return settings.status();
  auto policy = PolicyOf(options, session.options().dir, console);
  if (!policy.ok()) return policy.status();
  evidence::Date as_of;
  absl::Status status = CheckDate("as-of", options.as_of);
  if (status.ok() && !options.as_of.empty()) as_of = *evidence::Date::Parse(options.as_of);
  if (status.ok() && as_of.has_value() &&
      evidence::IsStillToCome(as_of, evidence::Date::Of(evidence::SystemClock().Now()))) {
    status = absl::InvalidArgumentError("--as-of " + options.as_of +
                                        " is still to come; name the day on which the files were "
                                        "written");
  }
  if (status.ok()) status = CheckPicture(options.plot, options.force);
  if (status.ok()) status = CheckAllDiffer(options.files);
  if (!status.ok()) return status;
  auto mapping = MappingOf(options, session.options().dir);
  if (!mapping.ok()) return mapping.status();

  const InterruptScope interrupts;
  BacktestRun run;
  run.files = options.files;
  run.policy = policy->Hash().hex();
  run.options = *settings;
  run.picture = options.plot;
  const crypto::Secret32 key = crypto::SystemEntropy().Secret();
  decision::HistoryBuilder builder{crypto::ToBytes(key.Expose())};
  status = ReadLedgers(options, *mapping, *policy, builder, console, run);
  if (!status.ok()) return status;
  const decision::History history = std::move(builder).Finish(as_of);
  run.as_of = history.as_of.ToString();
  run.not_judged_yet = history.not_judged_yet;
  run.later_orders = history.later_orders;
  auto report = Measure(history, *policy, *settings, console);
  if (absl::IsCancelled(report.status())) {
    return absl::CancelledError(MessageOf(report.status()) + "; nothing was written");
  }
  if (!report.ok()) {
    return absl::Status(report.status().code(), MessageOf(report.status()) + AsOfText(run) +
                                                    RefusalsText(run.refusals, run.lines_refused));
  }
  absl::Status drawn;
  if (!options.plot.empty()) {
    drawn = Draw(*report, options.plot);
    run.drawn = drawn.ok();
  }
  if (console.json) {
    PrintJson(console.out, ToJson(run, *report));
  } else {
    Print(console.out, run, *report);
  }
  if (!drawn.ok()) return drawn;  // the figures are there all the same
  return kExitOk;
}

}  // namespace daftar::cli
