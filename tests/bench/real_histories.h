// The real payment histories that docs/decisions.md measures with. They are no part of the project
// (no licence to pass them on was confirmed): DAFTAR_DATA names their folder, else it is looked for
// beside the checkout.
#ifndef DAFTAR_TESTS_BENCH_REAL_HISTORIES_H_
#define DAFTAR_TESTS_BENCH_REAL_HISTORIES_H_

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "node/decision/history_file.h"

namespace daftar::bench {

struct HistoryPart {
  const char* mapping;  // in deploy/mappings
  const char* file;     // in the data's folder; gzip or plain
  bool judged = true;
};

struct RealHistory {
  const char* name;
  std::vector<HistoryPart> parts;
  bool settled_by_payment = false;  // it has bad outcomes that were paid after all
};

inline std::vector<RealHistory> RealHistories() {
  const HistoryPart loans{"superlender.toml", "superlender_prevloans.csv.gz"};
  return {
      {"bitcoin otc", {{"bitcoin-otc.toml", "bitcoin_otc.csv.gz"}}},
      {"superlender, first instalment", {loans}, true},
      {"superlender, later loan",
       {{loans.mapping, loans.file, false}, {"superlender-later.toml", "superlender_perf.csv.gz"}},
       true},
      {"no-show", {{"noshow.toml", "noshow.csv.gz"}}},
      {"ibm, more than 10 days late", {{"ibm-ar.toml", "ibm_ar.csv"}}, true},
  };
}

inline std::filesystem::path DataFolder() {
  const char* named = std::getenv("DAFTAR_DATA");
  return named != nullptr ? named : DAFTAR_SOURCE_DIR "/../shared/data";
}

inline bool IsThere(const RealHistory& history) {
  for (const HistoryPart& part : history.parts) {
    if (!std::filesystem::exists(DataFolder() / part.file)) return false;
  }
  return true;
}

[[noreturn]] inline void Die(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

// What gzip makes of the file; a plain one as it is.
inline std::string Unzipped(const std::filesystem::path& path) {
  std::string quoted;
  for (const char c : path.string()) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  std::FILE* pipe = popen(("gzip -dcf -- '" + quoted + "'").c_str(), "r");
  if (pipe == nullptr) Die("gzip could not be started");
  std::string text;
  std::vector<char> buffer(1 << 16);
  for (size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    text.append(buffer.data(), n);
  }
  if (pclose(pipe) != 0) Die("gzip could not read " + path.string());
  return text;
}

inline void AddPart(const HistoryPart& part, decision::HistoryBuilder& into, uint64_t& refused) {
  std::ifstream file(std::string(DAFTAR_SOURCE_DIR "/deploy/mappings/") + part.mapping);
  const std::string toml{std::istreambuf_iterator<char>(file), {}};
  auto mapping = decision::HistoryMapping::Parse(toml, identity::Region::kIndonesia);
  if (!mapping.ok()) Die(mapping.status().ToString());
  decision::HistoryFileOptions options;
  options.late_after_days = decision::DefaultPolicy().late_after_days;
  options.judged = part.judged;
  std::istringstream csv(Unzipped(DataFolder() / part.file));
  const auto status = decision::ReadHistory(csv, *std::move(mapping), options, into,
                                            [&refused](const decision::LedgerRefusal&) {
                                              ++refused;
                                              return true;
                                            });
  if (!status.ok()) Die(status.ToString());
}

// REQUIRES IsThere. Lines that could not be used are counted in `refused`.
inline decision::History ReadReal(const RealHistory& history, uint64_t& refused) {
  decision::HistoryBuilder builder(crypto::ToBytes("only for this run"));
  for (const HistoryPart& part : history.parts) AddPart(part, builder, refused);
  return std::move(builder).Finish();
}

}  // namespace daftar::bench

#endif  // DAFTAR_TESTS_BENCH_REAL_HISTORIES_H_
