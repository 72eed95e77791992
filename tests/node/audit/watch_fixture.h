// A watch over simulated servers, files and a clock.
#ifndef DAFTAR_TESTS_NODE_AUDIT_WATCH_FIXTURE_H_
#define DAFTAR_TESTS_NODE_AUDIT_WATCH_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "node/audit/fork_evidence.h"
#include "node/audit/policy.h"
#include "node/audit/watch.h"
#include "tests/node/audit/sim_log.h"
#include "tests/support/status_matchers.h"

namespace daftar::audit {

class SetClock final : public evidence::Clock {
 public:
  evidence::UnixMillis Now() const override {
    evidence::UnixMillis now = evidence::UnixMillis::OfSeconds(seconds);
    now.value += millis;
    return now;
  }
  void Add(int64_t ms) {
    seconds += (millis + ms) / 1000;
    millis = (millis + ms) % 1000;
  }
  int64_t seconds = 1'790'000'000;
  int64_t millis = 0;
};

class WatchTest : public ::testing::Test {
 protected:
  static constexpr char kA[] = "http://a.test/log";
  static constexpr char kB[] = "http://b.test/log";

  WatchTest() : log_(std::make_shared<SimLog>("toko-a.example/daftar", 1)) {
    policy_ = "log " + log_->VKey() + "\nquorum none\n";
    options_.nodes = {kA};
    log_->Grow(3, Time());
    net_.servers[kA] = {log_};
  }

  uint64_t Time() const { return static_cast<uint64_t>(clock_.seconds); }

  // As a new process would: from the policy and the files.
  absl::Status TryStart() {
    watch_.reset();
    auto policy = TlogPolicy::Parse(policy_);
    if (!policy.ok()) return policy.status();
    WatchOptions options = options_;
    options.policy = *std::move(policy);
    std::vector<WatchedLog> records;
    for (const auto& [name, bytes] : files_) {
      if (!name.ends_with(kRecordSuffix)) continue;
      auto record = WatchedLog::Decode(bytes);
      if (!record.ok()) return record.status();
      EXPECT_EQ(record->Encode(), bytes);
      records.push_back(*std::move(record));
    }
    WatchPorts ports;
    ports.fetch = [this](const std::vector<FetchRequest>& requests) {
      return net_.Fetch(requests);
    };
    ports.write = [this](const std::string& name, std::string_view bytes) -> absl::Status {
      if (disk_full_ || (evidence_fails_ && name.ends_with(".fork"))) {
        return absl::ResourceExhaustedError("no space left");
      }
      EXPECT_TRUE(IsPlainFileName(name)) << name;
      files_[name] = std::string(bytes);
      ++writes_[name];
      return absl::OkStatus();
    };
    ports.count_notes = [this](const std::string& stem) { return CountNotes(stem); };
    ports.tell = [this](const Alarm& alarm) { told_.push_back(alarm); };
    auto watch = Watch::Create(std::move(options), std::move(records), std::move(ports), clock_);
    if (!watch.ok()) return watch.status();
    watch_ = std::make_unique<Watch>(*std::move(watch));
    return absl::OkStatus();
  }
  void Start() { ASSERT_THAT(TryStart(), testing::IsOk()); }

  // The names of the alarms of one round, "!" before what is over.
  std::vector<std::string> Round() {
    if (watch_ == nullptr) Start();
    told_.clear();
    EXPECT_THAT(watch_->Round(), testing::IsOk());
    std::vector<std::string> names;
    for (const Alarm& alarm : told_) {
      names.push_back((alarm.over ? "!" : "") + std::string(AlarmName(alarm.kind)));
    }
    return names;
  }
  size_t CountNotes(const std::string& stem) const {
    return static_cast<size_t>(std::ranges::count_if(files_, [&](const auto& file) {
      return file.first.starts_with(stem) && file.first.ends_with(kNoteSuffix);
    }));
  }
  const WatchedLog& Watched() const { return watch_->logs().at(log_->origin()); }
  uint64_t KnownSize() const { return Watched().newest().checkpoint.size; }

  SetClock clock_;
  std::shared_ptr<SimLog> log_;
  SimNet net_;
  WatchOptions options_;
  std::string policy_;
  std::map<std::string, std::string> files_;
  std::map<std::string, int> writes_;  // by name
  bool disk_full_ = false;
  bool evidence_fails_ = false;  // to be written
  std::unique_ptr<Watch> watch_;
  std::vector<Alarm> told_;
};

using Names = std::vector<std::string>;

inline void ExpectProvesFork(const std::string& file, const SimLog& log) {
  const auto evidence = ForkEvidence::Parse(file);
  ASSERT_THAT(evidence, testing::IsOk());
  EXPECT_EQ(evidence->origin, log.origin());
  const auto policy = TlogPolicy::Parse("log " + log.VKey() + "\nquorum none\n");
  ASSERT_THAT(policy, testing::IsOk());
  EXPECT_THAT(evidence->Prove(*policy), testing::IsOk());
}

}  // namespace daftar::audit

#endif  // DAFTAR_TESTS_NODE_AUDIT_WATCH_FIXTURE_H_
