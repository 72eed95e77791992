// kill -9 in the middle of writing: the test starts itself again as a child that writes synced
// batches from several threads and tells through a pipe which were acknowledged, kills it, and
// looks for every one of them.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <thread>

#include "storage/log_store.h"
#include "tests/storage/rocks_fixture.h"

namespace daftar::storage {
namespace {

using ::daftar::testing::RocksFixture;

constexpr uint32_t kWriters = 6;
constexpr char kChildDirectory[] = "DAFTAR_KILL_TEST_DIR";
constexpr char kChildPipe[] = "DAFTAR_KILL_TEST_PIPE";
// Each batch puts the same number into these, so that a torn one shows.
constexpr Column kColumns[] = {Column::kUsers, Column::kMeta, Column::kAudit, Column::kOrders};

Bytes Key(uint32_t writer, uint32_t number) {
  return crypto::Writer().Raw("w").U32(writer).U32(number).Take();
}

// What the child says when a batch is durable. Smaller than PIPE_BUF, so it arrives whole or not.
struct Acknowledgement {
  uint32_t writer;
  uint32_t number;
};

std::unique_ptr<RocksStore> OpenAt(const std::filesystem::path& path) {
  RocksOptions options;
  options.path = path;
  options.create_if_missing = true;
  options.min_free_bytes = 0;
  auto store = RocksStore::Open(options);
  if (!store.ok()) ADD_FAILURE() << store.status();
  return store.ok() ? *std::move(store) : nullptr;
}

bool Tell(int pipe, Acknowledgement what) {
  return ::write(pipe, &what, sizeof(what)) == static_cast<ssize_t>(sizeof(what));
}

void WriteForever(RocksStore& store, uint32_t writer, uint32_t first, int pipe) {
  for (uint32_t number = first;; ++number) {
    Batch batch;
    for (const Column column : kColumns) batch.Put(column, Key(writer, number), Bytes(100, 'v'));
    batch.ExpectAbsent(Column::kUsers, Key(writer, number));
    if (!store.Write(std::move(batch)).ok() || !Tell(pipe, {writer, number})) std::abort();
  }
}

// The first writer grows a log instead.
void AppendForever(RocksStore& store, int pipe) {
  const LogStore log(store);
  auto tree = log.Load(kOwnLog);
  if (!tree.ok()) std::abort();
  for (;;) {
    const std::vector<Bytes> leaves(40, Bytes(30, static_cast<uint8_t>(tree->size())));
    Batch batch;
    if (!log.Append(kOwnLog, leaves, *tree, batch).ok() || !store.Write(std::move(batch)).ok() ||
        !Tell(pipe, {0, static_cast<uint32_t>(tree->size())})) {
      std::abort();
    }
  }
}

class RocksKillTest : public RocksFixture {
 protected:
  // Runs the child until `count` batches are acknowledged, kills it, and collects what it said.
  void RunAndKill(size_t count) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      ::setenv(kChildDirectory, path().c_str(), 1);
      ::setenv(kChildPipe, std::to_string(ends[1]).c_str(), 1);
      ::execl("/proc/self/exe", "rocks_kill_test", nullptr);
      ::_exit(1);
    }
    ::close(ends[1]);
    Acknowledgement said{};
    size_t seen = 0;
    while (::read(ends[0], &said, sizeof(said)) == static_cast<ssize_t>(sizeof(said))) {
      acknowledged_[said.writer] = std::max(acknowledged_[said.writer], said.number);
      if (++seen == count) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    ASSERT_GE(seen, count);
  }

  void ExpectNothingLostOrTorn() {
    for (uint32_t writer = 1; writer < kWriters; ++writer) {
      uint32_t number = 0;
      for (;; ++number) {
        size_t present = 0;
        for (const Column column : kColumns) {
          const auto value = store_->Get(column, Key(writer, number));
          DAFTAR_ASSERT_OK(value);
          if (value->has_value()) ++present;
        }
        ASSERT_TRUE(present == 0 || present == std::size(kColumns))
            << "batch " << number << " of writer " << writer << " is torn";
        if (present == 0) break;
      }
      const auto last = acknowledged_.find(writer);
      if (last != acknowledged_.end()) {
        ASSERT_GT(number, last->second) << "writer " << writer << " lost an acknowledged batch";
      }
    }
    const LogStore log(*store_);
    const auto tree = log.Load(kOwnLog);
    DAFTAR_ASSERT_OK(tree);
    ASSERT_GE(tree->size(), acknowledged_[0]);
    DAFTAR_ASSERT_OK(log.Verify(kOwnLog, tree->size(), nullptr));
  }

  std::map<uint32_t, uint32_t> acknowledged_;
};

// What the child does, until it is killed.
void RunChild(const std::filesystem::path& directory, int pipe) {
  const auto store = OpenAt(directory);
  ASSERT_NE(store, nullptr);
  std::vector<std::thread> threads;
  threads.emplace_back([&] { AppendForever(*store, pipe); });
  for (uint32_t writer = 1; writer < kWriters; ++writer) {
    uint32_t first = 0;
    while ((*store->Get(Column::kUsers, Key(writer, first))).has_value()) ++first;
    threads.emplace_back(
        [&store, writer, first, pipe] { WriteForever(*store, writer, first, pipe); });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(RocksKillTest, NothingAcknowledgedIsLostAndNoBatchIsTorn) {
  const char* directory = std::getenv(kChildDirectory);
  const char* pipe = std::getenv(kChildPipe);
  if (directory != nullptr && pipe != nullptr) {
    RunChild(directory, std::atoi(pipe));
    return;
  }
  const char* longer = std::getenv("DAFTAR_LONG");
  const int rounds = longer != nullptr && std::string(longer) == "1" ? 20 : 4;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    // At another point of the group each time; the first kills come while opening or just after.
    ASSERT_NO_FATAL_FAILURE(RunAndKill(1 + static_cast<size_t>(round) * 97));
    store_ = OpenAt(path());
    ASSERT_NE(store_, nullptr);
    ASSERT_NO_FATAL_FAILURE(ExpectNothingLostOrTorn());
    Close();
  }
}

}  // namespace
}  // namespace daftar::storage
