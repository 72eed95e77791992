// `daftar audit watch` over real sockets and files.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <ctime>
#include <future>
#include <mutex>

#include "cli/http_fetch.h"
#include "cli/json.h"
#include "cli/watch_alarms.h"
#include "cli/watch_folder.h"
#include "node/audit/fork_evidence.h"
#include "node/audit/policy.h"
#include "tests/cli/cli_support.h"
#include "tests/cli/small_http.h"
#include "tests/node/audit/sim_log.h"
#include "tests/support/status_matchers.h"

namespace daftar::cli {
namespace {

using audit::SimLog;
using audit::SimServer;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Json> LinesOf(const std::string& out) {
  std::vector<Json> lines;
  std::istringstream in(out);
  for (std::string line; std::getline(in, line);) lines.push_back(Json::parse(line));
  return lines;
}

class WatchCommandTest : public ::testing::Test {
 protected:
  WatchCommandTest()
      : log_(std::make_shared<SimLog>("toko-a.example/daftar", 1)),
        now_(static_cast<uint64_t>(std::time(nullptr))),
        state_(folder_.path() + "/state"),
        policy_(folder_.File("policy", "log " + log_->VKey() + "\nquorum none\n")),
        http_([this](const SmallRequest& request) { return Answer(request); }),
        node_(http_.url() + "/log") {
    log_->Grow(300, now_ - 10);
    Serve(log_, 300);
  }
  void Serve(std::shared_ptr<SimLog> log, uint64_t size) {
    const std::lock_guard lock(mutex_);
    server_ = {std::move(log)};
    server_.Show(size);
  }
  SmallAnswer Answer(const SmallRequest& request) {
    const std::lock_guard lock(mutex_);
    if (request.method == "POST") {
      posts_.push_back(request.body);
      return {hook_status_};
    }
    if (on_checkpoint_ && request.path.ends_with("/checkpoint")) on_checkpoint_();
    const std::string prefix = "/log/";
    auto answer = server_.Get(request.path.substr(prefix.size()));
    if (answer.ok()) return {200, *answer};
    return {404};
  }
  Ran Watch(std::vector<std::string> more, bool once = true) {
    std::vector<std::string> arguments = {"audit", "watch",   node_, "--policy",
                                          policy_, "--state", state_};
    if (once) arguments.push_back("--once");
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments);
  }

  TestFolder folder_;
  std::shared_ptr<SimLog> log_;
  uint64_t now_;
  std::string state_;
  std::string policy_;
  std::mutex mutex_;
  SimServer server_;
  std::vector<std::string> posts_;
  int hook_status_ = 200;
  std::function<void()> on_checkpoint_;
  SmallHttp http_;
  std::string node_;
};

TEST_F(WatchCommandTest, FollowsALogFromRunToRunAndTellsOfAFork) {
  const Ran first = Watch({});
  EXPECT_EQ(first.code, 0) << first.out << first.err;
  EXPECT_THAT(first.out, HasSubstr("toko-a.example/daftar: 300 entries, all read"));
  EXPECT_EQ(first.err, "");
  const std::string record =
      state_ + "/" + audit::FileStem(log_->origin()) + std::string(audit::kRecordSuffix);
  struct stat about {};
  ASSERT_EQ(::stat(record.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, mode_t{0600});
  ASSERT_EQ(::stat(state_.c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 07777, mode_t{0700});

  auto other = std::make_shared<SimLog>(*log_);
  log_->Grow(310, now_ - 5);
  Serve(log_, 310);
  EXPECT_EQ(Watch({}).code, 0);
  other->Grow(320, now_ - 5, 2);
  Serve(other, 320);
  const Ran forked = Watch({"--output", "json"});
  EXPECT_EQ(forked.code, 1);
  const std::vector<Json> lines = LinesOf(forked.out);
  ASSERT_THAT(lines, SizeIs(2)) << forked.out;
  EXPECT_EQ(lines[0]["kind"], "fork");
  EXPECT_EQ(lines[0]["over"], false);
  EXPECT_EQ(lines[0]["origin"], log_->origin());
  EXPECT_THAT(lines[0]["at"].get<std::string>(), ::testing::EndsWith("Z"));
  EXPECT_EQ(lines[1]["summary"]["alarms"], 1);
  EXPECT_EQ(lines[1]["summary"]["logs"][0]["size"], 310);
  EXPECT_EQ(lines[1]["summary"]["logs"][0]["forked"], true);
  const auto evidence = audit::ForkEvidence::Parse(ReadAll(lines[0]["evidence"]));
  ASSERT_THAT(evidence, testing::IsOk());
  const auto policy = audit::TlogPolicy::Parse(ReadAll(policy_));
  ASSERT_THAT(policy, testing::IsOk());
  EXPECT_THAT(evidence->Prove(*policy), testing::IsOk());
  // A fork stays one.
  Serve(log_, 310);
  const Ran again = Watch({});
  EXPECT_EQ(again.code, 1);
  EXPECT_THAT(again.out, HasSubstr("ALARM fork toko-a.example/daftar: "));
  EXPECT_THAT(again.out, HasSubstr(".fork]\n"));
}

TEST_F(WatchCommandTest, AForkIsToldThoughNothingCanBeWritten) {
  const std::string stem = state_ + "/" + audit::FileStem(log_->origin());
  ASSERT_EQ(Watch({}).code, 0);
  auto other = std::make_shared<SimLog>(*log_);
  log_->Grow(310, now_ - 5);
  Serve(log_, 310);
  ASSERT_EQ(Watch({}).code, 0);
  other->Grow(320, now_ - 5, 2);
  Serve(other, 320);
  // A folder where the file is to be made fails for everybody, root too.
  const std::string evidence = stem + "-310-320.fork";
  const std::string record = stem + std::string(audit::kRecordSuffix);
  ASSERT_EQ(::mkdir((evidence + ".new").c_str(), 0700), 0);
  ASSERT_EQ(::mkdir((record + ".new").c_str(), 0700), 0);
  const std::string hook = http_.url() + "/hook";
  const Ran nothing = Watch({"--webhook", hook, "--output", "json"});
  EXPECT_EQ(nothing.code, 1) << nothing.err;
  const Json alarm = LinesOf(nothing.out)[0];
  EXPECT_EQ(alarm["kind"], "fork");
  EXPECT_TRUE(alarm["evidence"].is_null());
  EXPECT_THAT(alarm["text"].get<std::string>(), HasSubstr("cannot write " + evidence + ": "));
  EXPECT_THAT(nothing.err, HasSubstr("cannot write " + record));
  ASSERT_THAT(posts_, SizeIs(1));
  EXPECT_EQ(Json::parse(posts_[0])["kind"], "fork");
  // The evidence alone: the fork is remembered.
  ASSERT_EQ(::rmdir((record + ".new").c_str()), 0);
  const Ran unkept = Watch({});
  EXPECT_EQ(unkept.code, 1) << unkept.err;
  EXPECT_THAT(unkept.out, HasSubstr("ALARM fork toko-a.example/daftar: "));
  EXPECT_THAT(unkept.out, HasSubstr("1 alarm\n"));
  const Ran later = Watch({});
  EXPECT_EQ(later.code, 1);
  // Each run tries again while the fork is shown, and then says what is so.
  EXPECT_THAT(later.out, HasSubstr("cannot write " + evidence + ": "));
  Serve(log_, 310);
  EXPECT_THAT(Watch({}).out, HasSubstr("an earlier run could not keep its evidence"));
  Serve(other, 320);
  ASSERT_EQ(::rmdir((evidence + ".new").c_str()), 0);
  EXPECT_THAT(Watch({}).out, HasSubstr("[" + evidence + "]"));
  EXPECT_THAT(audit::ForkEvidence::Parse(ReadAll(evidence)), testing::IsOk());
}

TEST_F(WatchCommandTest, ARunThatDidNotReadAllSaysHowFarItGot) {
  {
    const std::lock_guard lock(mutex_);
    server_.lies.emplace(audit::BundlePath(1, 44), absl::NotFoundError("gone"));
  }
  const Ran some = Watch({});
  EXPECT_THAT(some.out, HasSubstr("300 entries, 0 read; the next run goes on from there\n"));
  EXPECT_THAT(some.err, HasSubstr("its tiles could not be had"));
  {
    const std::lock_guard lock(mutex_);
    server_.lies.clear();
  }
  EXPECT_THAT(Watch({}).out, HasSubstr("300 entries, all read\n"));
}

TEST_F(WatchCommandTest, TheFolderCountsFilesByBothEndsOfTheirNames) {
  const auto state = WatchFolder::Open(state_);
  ASSERT_THAT(state, testing::IsOk());
  for (const char* const name : {"ab-1.note", "ab-2.note", "ab-1-2.fork", "ac-1.note"}) {
    ASSERT_THAT((*state)->Write(name, "x"), testing::IsOk());
  }
  EXPECT_EQ((*state)->Count("ab", audit::kNoteSuffix), 2u);
}

TEST_F(WatchCommandTest, WhatCannotBeUsedEndsWithTwoAndSaysWhatToDo) {
  const auto refused = [&](const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {"audit", "watch"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const Ran ran = RunCli(all);
    EXPECT_EQ(ran.code, 2) << ran.out << ran.err;
    EXPECT_EQ(ran.out, "");
    return ran.err;
  };
  for (const char* const url :
       {"toko-a.example/log", "ftp://a.test/log", "http:///log", "http://u:p@a.test/log",
        "http://a.test/log?x", "file:///etc/passwd", "http://a.test/l g"}) {
    EXPECT_THAT(refused({url, "--policy", policy_, "--state", state_, "--once"}),
                HasSubstr("an address is written like"));
  }
  EXPECT_THAT(refused({node_, node_ + "/", "--policy", policy_, "--state", state_}),
              HasSubstr("twice"));
  EXPECT_THAT(refused({node_, "--policy", folder_.path() + "/none", "--state", state_}),
              HasSubstr("cannot read the policy"));
  const std::string bad = folder_.File("bad", "log x\nquorum none\n");
  EXPECT_THAT(refused({node_, "--policy", bad, "--state", state_}), HasSubstr(bad));
  EXPECT_THAT(refused({node_, "--policy", policy_, "--state", folder_.path() + "/no/state"}),
              HasSubstr("cannot make the folder"));
  EXPECT_THAT(refused({node_, "--policy", policy_, "--state", state_, "--every", "0"}),
              HasSubstr("--every"));
  EXPECT_THAT(refused({node_, "--policy", policy_, "--state", state_, "--webhook", "x"}),
              HasSubstr("--webhook"));
  EXPECT_THAT(refused({node_, "--policy", policy_, "--state", state_, "--charter", bad}),
              HasSubstr(bad));
  {
    const auto held = WatchFolder::Open(state_);
    ASSERT_THAT(held, testing::IsOk());
    EXPECT_THAT(refused({node_, "--policy", policy_, "--state", state_}),
                HasSubstr("another watch uses"));
  }
  EXPECT_EQ(Watch({}).code, 0);
  const std::string record =
      state_ + "/" + audit::FileStem(log_->origin()) + std::string(audit::kRecordSuffix);
  std::string bytes = ReadAll(record);
  const std::string good = bytes;
  bytes[bytes.size() / 2] ^= 1;
  std::ofstream(record, std::ios::binary) << bytes;
  const std::string damaged = refused({node_, "--policy", policy_, "--state", state_, "--once"});
  EXPECT_THAT(damaged, HasSubstr(record));
  EXPECT_THAT(damaged, HasSubstr("move it away"));
  std::ofstream(record, std::ios::binary) << good;
  EXPECT_EQ(Watch({}).code, 0);
}

TEST_F(WatchCommandTest, AWatchThatReachesNobodyOnceSaysSo) {
  // A port that was free a moment ago.
  std::string gone;
  {
    const SmallHttp closed([](const SmallRequest&) { return SmallAnswer{}; });
    gone = closed.url();
  }
  const Ran ran =
      RunCli({"audit", "watch", gone, "--policy", policy_, "--state", state_, "--once"});
  EXPECT_EQ(ran.code, kExitUnavailable);
  EXPECT_THAT(ran.err, HasSubstr(gone + " could not be asked: "));
  EXPECT_THAT(ran.out, HasSubstr("not reached: " + gone + ": "));
  // On each run, and also where another node was reached.
  const Ran some = Watch({gone});
  EXPECT_EQ(some.code, kExitUnavailable) << some.out << some.err;
  EXPECT_THAT(some.err, HasSubstr(gone + " could not be asked: "));
  EXPECT_THAT(some.out, HasSubstr("300 entries, all read"));
  EXPECT_THAT(some.out, HasSubstr("not reached: " + gone + ": "));
  EXPECT_THAT(some.out, Not(HasSubstr("not reached: " + node_)));
  const Ran json = RunCli({"audit", "watch", node_, gone, "--policy", policy_, "--state",
                           folder_.path() + "/other", "--once", "--output", "json"});
  EXPECT_EQ(json.code, kExitUnavailable);
  const Json summary = LinesOf(json.out).back()["summary"];
  ASSERT_THAT(summary["unreached"], SizeIs(1));
  EXPECT_EQ(summary["unreached"][0]["node"], gone);
  EXPECT_THAT(summary["unreached"][0]["why"].get<std::string>(), Not(::testing::IsEmpty()));
  // What was found counts for more.
  {
    const std::lock_guard lock(mutex_);
    server_.checkpoint = "nonsense";
  }
  EXPECT_EQ(Watch({gone}).code, 1);
}

TEST_F(WatchCommandTest, ALogThatNobodyShowedInThisRunIsNotSaidToBeRead) {
  ASSERT_EQ(Watch({}).code, 0);
  const auto other = std::make_shared<SimLog>("toko-b.example/daftar", 2);
  other->Grow(3, now_ - 5);
  SimServer shown{other};
  shown.Show(3);
  const std::string both =
      folder_.File("both", "log " + log_->VKey() + "\nlog " + other->VKey() + "\nquorum none\n");
  const SmallHttp http([&](const SmallRequest& request) -> SmallAnswer {
    const auto answer = shown.Get(request.path.substr(std::string("/log/").size()));
    return answer.ok() ? SmallAnswer{200, *answer} : SmallAnswer{404};
  });
  const auto watch = [&](const std::string& url, const std::string& output) {
    return RunCli(
        {"audit", "watch", url, "--policy", both, "--state", state_, "--once", "--output", output});
  };
  const Ran ran = watch(http.url() + "/log", "text");
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("toko-a.example/daftar: 300 entries, not asked in this run\n"));
  EXPECT_THAT(ran.out, HasSubstr("toko-b.example/daftar: 3 entries, all read\n"));
  const Ran json = watch(http.url() + "/log", "json");
  const Json logs = LinesOf(json.out).back()["summary"]["logs"];
  ASSERT_THAT(logs, SizeIs(2)) << json.out;
  EXPECT_EQ(logs[0]["shown"], false);
  EXPECT_EQ(logs[1]["shown"], true);
  {
    const std::lock_guard lock(mutex_);
    server_.down = true;
  }
  const Ran down = watch(node_, "text");
  EXPECT_EQ(down.code, kExitUnavailable) << down.out << down.err;
  EXPECT_THAT(down.out, HasSubstr("toko-a.example/daftar: 300 entries, not reached in this run\n"));
}

TEST_F(WatchCommandTest, AStateFolderMayBeTypedWithASlash) {
  ASSERT_EQ(Watch({}).code, 0);
  Serve(log_, 200);
  const Ran ran = RunCli({"audit", "watch", node_, "--policy", policy_, "--state", state_ + "//",
                          "--once", "--output", "json"});
  EXPECT_EQ(ran.code, 1) << ran.err;
  const Json alarm = LinesOf(ran.out)[0];
  EXPECT_EQ(alarm["kind"], "rollback");
  ASSERT_THAT(alarm["notes"], SizeIs(2));
  EXPECT_EQ(alarm["notes"][0], state_ + "/" + audit::FileStem(log_->origin()) + "-200" +
                                   std::string(audit::kNoteSuffix));
}

TEST_F(WatchCommandTest, AnAlarmIsPostedAndAWebhookThatFailsStopsNothing) {
  {
    const std::lock_guard lock(mutex_);
    server_.checkpoint = "nonsense";
  }
  const std::string hook = http_.url() + "/hook";
  const Ran posted = Watch({"--webhook", hook});
  EXPECT_EQ(posted.code, 1);
  EXPECT_EQ(posted.err, "");
  ASSERT_THAT(posts_, SizeIs(1));
  const Json alarm = Json::parse(posts_[0]);
  EXPECT_EQ(alarm["kind"], "bad_checkpoint");
  EXPECT_EQ(alarm["node"], node_);
  hook_status_ = 500;
  const Ran failed = Watch({"--webhook", hook});
  EXPECT_EQ(failed.code, 1);
  EXPECT_THAT(failed.out, HasSubstr("ALARM bad_checkpoint"));
  EXPECT_THAT(failed.err, HasSubstr("the webhook failed: it answers with status 500"));
  EXPECT_THAT(posts_, SizeIs(3));  // tried twice
}

TEST_F(WatchCommandTest, GoesOnUntilItIsStoppedAndEndsWithASummary) {
  int rounds = 0;
  on_checkpoint_ = [&] {
    if (++rounds == 2) ::kill(::getpid(), SIGINT);
  };
  const Ran ran = Watch({"--every", "1"}, false);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(rounds, 2);
  EXPECT_THAT(ran.out, HasSubstr(" round"));
  EXPECT_THAT(ran.out, HasSubstr("0 alarms\n"));
}

class WebhookQueueTest : public ::testing::Test {
 protected:
  WebhookQueueTest()
      : console_{nothing_, out_, err_},
        queue_({.post =
                    [this](const std::string& json) {
                      now_ += seconds_of_post_;
                      if (!status_.ok()) return status_;
                      posted_.push_back(Json::parse(json)["text"]);
                      return absl::OkStatus();
                    },
                .stopped = [this] { return stopped_; },
                .now = [this] { return now_; }}) {}
  void Add(audit::AlarmKind kind, const std::string& text) {
    audit::Alarm alarm;
    alarm.kind = kind;
    alarm.text = text;
    if (kind == audit::AlarmKind::kFork) alarm.origin = "toko-a.example/daftar";
    queue_.Add(alarm, ToJson(alarm, "state"));
  }

  std::istringstream nothing_;
  std::ostringstream out_;
  std::ostringstream err_;
  Console console_;
  WebhookQueue::Time now_;
  std::chrono::seconds seconds_of_post_{0};
  absl::Status status_;
  bool stopped_ = false;
  std::vector<std::string> posted_;
  WebhookQueue queue_;
};

TEST_F(WebhookQueueTest, AForkIsNeverGivenUpAndGoesFirst) {
  Add(audit::AlarmKind::kStale, "old");
  Add(audit::AlarmKind::kFork, "fork");
  for (size_t i = 0; i < kMaxWaitingPosts; ++i) Add(audit::AlarmKind::kStale, std::to_string(i));
  Add(audit::AlarmKind::kFork, "fork, newer");
  EXPECT_EQ(queue_.waiting(), kMaxWaitingPosts + 1);
  status_ = absl::UnavailableError("down");
  for (uint32_t i = 0; i < 3 * kPostRounds * kMaxWaitingPosts; ++i) queue_.Flush(console_);
  EXPECT_EQ(queue_.waiting(), 1u);
  EXPECT_THAT(err_.str(), HasSubstr("the webhook failed: down; 257 alarms to be posted"));
  Add(audit::AlarmKind::kStale, "new");
  status_ = absl::OkStatus();
  queue_.Flush(console_);
  EXPECT_EQ(posted_, (std::vector<std::string>{"fork, newer", "new"}));
}

TEST_F(WebhookQueueTest, ASlowWebhookHoldsUpNoRoundForLong) {
  for (int i = 0; i < 100; ++i) Add(audit::AlarmKind::kStale, std::to_string(i));
  seconds_of_post_ = std::chrono::seconds(4);
  queue_.Flush(console_);
  EXPECT_THAT(posted_, SizeIs(2));
  EXPECT_THAT(err_.str(), HasSubstr("it takes too long; 98 alarms to be posted in the next round"));
  // When the watch ends, what was just found is still posted.
  stopped_ = true;
  queue_.Flush(console_);
  EXPECT_THAT(posted_, SizeIs(4));
  EXPECT_THAT(err_.str(), HasSubstr("96 alarms not posted"));
}

TEST(HttpFetchTest, TakesWhatIsAskedForAndNothingElse) {
  const SmallHttp http([](const SmallRequest& request) -> SmallAnswer {
    if (request.path == "/good") return {200, "12345"};
    if (request.path == "/moved") return {302, "", "Location: /good\r\n"};
    if (request.path == "/busy") return {503, "later"};
    if (request.path == "/headers") return {200, "x", "X: " + std::string(80 << 10, 'a') + "\r\n"};
    return {404, "no"};
  });
  HttpFetch fetch([] { return false; });
  const auto get = [&](const std::string& path, size_t most) {
    return fetch.Get({{http.url() + path, most}})[0];
  };
  EXPECT_THAT(get("/good", 5), testing::IsOkAndHolds("12345"));
  EXPECT_THAT(get("/good", 4), testing::StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(get("/moved", 100), testing::StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(get("/busy", 100), testing::StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(get("/none", 100), testing::StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(get("/headers", 100), Not(testing::IsOk()));
  EXPECT_THAT(fetch.Get({{"file:///etc/hostname", 1000}})[0].status().ToString(),
              HasSubstr("rotocol"));
  // Many at once come in their order.
  std::vector<audit::FetchRequest> many;
  for (int i = 0; i < 30; ++i) many.push_back({http.url() + (i % 2 == 0 ? "/good" : "/none"), 10});
  const auto answers = fetch.Get(many);
  ASSERT_THAT(answers, SizeIs(30));
  for (size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i].ok(), i % 2 == 0);
  // One that does not answer is waited for as long as the request says.
  std::promise<void> ended;
  {
    const SmallHttp silent([&](const SmallRequest&) -> SmallAnswer {
      ended.get_future().wait();
      return {200, "late"};
    });
    EXPECT_THAT(fetch.Get({{silent.url() + "/good", 10, 50}})[0],
                testing::StatusIs(absl::StatusCode::kUnavailable));
    ended.set_value();
  }
  HttpFetch stopped([] { return true; });
  EXPECT_THAT(stopped.Get({{http.url() + "/good", 10}})[0],
              testing::StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace daftar::cli
