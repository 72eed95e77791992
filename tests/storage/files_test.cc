#include "storage/files.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "tests/storage/fail_at.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/status_matchers.h"

namespace {

// What was synced, by the name it had then. The definition below stands in for the C library's.
std::vector<std::string>& Synced() {
  static std::vector<std::string> names;
  return names;
}

}  // namespace

extern "C" int fsync(int descriptor) {
  std::error_code error;
  Synced().push_back(
      std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), error)
          .filename()
          .string());
  return static_cast<int>(::syscall(SYS_fsync, descriptor));
}

namespace daftar::storage {
namespace {

using ::daftar::testing::FailAt;
using ::daftar::testing::IsOk;
using ::daftar::testing::IsOkAndHolds;
using ::daftar::testing::StatusIs;
using ::daftar::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Code = absl::StatusCode;

crypto::Bytes B(std::string_view text) { return crypto::ToBytes(text); }

mode_t ModeOf(const std::filesystem::path& path) {
  struct stat info = {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_mode & 0777;
}

TEST(FilesTest, WrittenFileReadsBack) {
  const TempDir dir;
  const auto path = dir / "file";
  DAFTAR_ASSERT_OK(AtomicWriteFile(path, B("content")));
  EXPECT_THAT(ReadFile(path, 7), IsOkAndHolds(B("content")));
  DAFTAR_ASSERT_OK(AtomicWriteFile(path, B("")));
  EXPECT_THAT(ReadFile(path, 7), IsOkAndHolds(crypto::Bytes()));
}

TEST(FilesTest, FileIsSyncedBeforeItTakesTheNameAndTheDirectoryAfter) {
  const TempDir dir;
  Synced().clear();
  DAFTAR_ASSERT_OK(AtomicWriteFile(dir / "file", B("content")));
  EXPECT_THAT(Synced(), ElementsAre("file.new", dir.path().filename().string()));
}

TEST(FilesTest, FileIsForItsOwnerWhateverTheUmask) {
  const TempDir dir;
  const mode_t old = ::umask(0);
  DAFTAR_EXPECT_OK(AtomicWriteFile(dir / "private", B("x")));
  ::umask(0777);
  DAFTAR_EXPECT_OK(AtomicWriteFile(dir / "public", B("x"), 0644));
  ::umask(old);
  EXPECT_EQ(ModeOf(dir / "private"), 0600U);
  EXPECT_EQ(ModeOf(dir / "public"), 0644U);
}

TEST(FilesTest, ReplacingTightensTheModeOfAnOlderFile) {
  const TempDir dir;
  std::ofstream(dir / "file") << "old";
  ::chmod((dir / "file").c_str(), 0666);
  DAFTAR_ASSERT_OK(AtomicWriteFile(dir / "file", B("new")));
  EXPECT_EQ(ModeOf(dir / "file"), 0600U);
}

TEST(FilesTest, LeftOverOfACrashIsReplacedNotReused) {
  const TempDir dir;
  std::ofstream(dir / "file.new") << "left over, and longer than what comes";
  ::chmod((dir / "file.new").c_str(), 0666);
  DAFTAR_ASSERT_OK(AtomicWriteFile(dir / "file", B("new")));
  EXPECT_THAT(ReadFile(dir / "file", 100), IsOkAndHolds(B("new")));
  EXPECT_EQ(ModeOf(dir / "file"), 0600U);
}

TEST(FilesTest, SymbolicLinkBesideIsNotFollowed) {
  const TempDir dir;
  std::ofstream(dir / "victim") << "precious";
  std::filesystem::create_symlink(dir / "victim", dir / "file.new");
  DAFTAR_ASSERT_OK(AtomicWriteFile(dir / "file", B("new")));
  EXPECT_THAT(ReadFile(dir / "victim", 100), IsOkAndHolds(B("precious")));
}

TEST(FilesTest, EveryStepThatFailsLeavesOldOrNewContent) {
  struct Row {
    FileStep step;
    bool after;
    std::string_view left;
  };
  const Row rows[] = {
      {FileStep::kCreate, false, "old"},        {FileStep::kCreate, true, "old"},
      {FileStep::kWrite, false, "old"},         {FileStep::kWrite, true, "old"},
      {FileStep::kSyncFile, false, "old"},      {FileStep::kSyncFile, true, "old"},
      {FileStep::kRename, false, "old"},        {FileStep::kRename, true, "new"},
      {FileStep::kSyncDirectory, false, "new"}, {FileStep::kSyncDirectory, true, "new"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::to_string(static_cast<int>(row.step)) + (row.after ? " after" : " before"));
    const TempDir dir;
    DAFTAR_ASSERT_OK(AtomicWriteFile(dir / "file", B("old")));
    FailAt hook(row.step, row.after);
    EXPECT_THAT(AtomicWriteFile(dir / "file", B("new"), 0600, &hook),
                StatusIs(Code::kUnavailable, "injected"));
    EXPECT_THAT(ReadFile(dir / "file", 100), IsOkAndHolds(B(row.left)));
    EXPECT_FALSE(std::filesystem::exists(dir / "file.new"));
    DAFTAR_EXPECT_OK(AtomicWriteFile(dir / "file", B("newer")));
    EXPECT_THAT(ReadFile(dir / "file", 100), IsOkAndHolds(B("newer")));
  }
}

TEST(FilesTest, MissingDirectoryIsNotFound) {
  const TempDir dir;
  EXPECT_THAT(AtomicWriteFile(dir / "none/file", B("x")),
              StatusIs(Code::kNotFound, HasSubstr("none/file.new")));
}

TEST(FilesTest, WhatCannotBeReplacedLeavesNothingBeside) {
  const TempDir dir;
  std::filesystem::create_directory(dir / "file");
  EXPECT_THAT(AtomicWriteFile(dir / "file", B("x")), Not(IsOk()));
  EXPECT_FALSE(std::filesystem::exists(dir / "file.new"));
}

TEST(FilesTest, FileLargerThanTheProcessMayWriteIsResourceExhausted) {
  const TempDir dir;
  DAFTAR_ASSERT_OK(AtomicWriteFile(dir / "file", B("old")));
  struct rlimit old = {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const struct rlimit small = {.rlim_cur = 1024, .rlim_max = old.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status status = AtomicWriteFile(dir / "file", crypto::Bytes(4096, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  (void)std::signal(SIGXFSZ, handler);
  EXPECT_THAT(status, StatusIs(Code::kResourceExhausted, HasSubstr("free some space")));
  EXPECT_THAT(ReadFile(dir / "file", 100), IsOkAndHolds(B("old")));
}

TEST(FilesTest, ReadingIsBounded) {
  const TempDir dir;
  DAFTAR_ASSERT_OK(AtomicWriteFile(dir / "file", B("12345678")));
  EXPECT_THAT(ReadFile(dir / "file", 8), IsOk());
  EXPECT_THAT(ReadFile(dir / "file", 7), StatusIs(Code::kResourceExhausted, HasSubstr("8 bytes")));
}

TEST(FilesTest, OnlyRegularFilesAreRead) {
  const TempDir dir;
  EXPECT_THAT(ReadFile(dir / "none", 10), StatusIs(Code::kNotFound));
  EXPECT_THAT(ReadFile(dir.path(), 1 << 20), StatusIs(Code::kInvalidArgument));
  ASSERT_EQ(::mkfifo((dir / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(ReadFile(dir / "pipe", 10), StatusIs(Code::kInvalidArgument));
}

TEST(FilesTest, FileThatOthersMayReadIsRefusedWhereItMatters) {
  const TempDir dir;
  const auto path = dir / "file";
  DAFTAR_ASSERT_OK(AtomicWriteFile(path, B("x")));
  for (const mode_t mode : {0640, 0620, 0604, 0602, 0660, 0666}) {
    ::chmod(path.c_str(), mode);
    DAFTAR_EXPECT_OK(ReadFile(path, 10));
    EXPECT_THAT(ReadFile(path, 10, FileAccess::kOwnerOnly),
                StatusIs(Code::kPermissionDenied, HasSubstr("chmod 600")));
    EXPECT_EQ(ReadFile(path, 10, FileAccess::kNotOthers).ok(), (mode & 07) == 0);
  }
  ::chmod(path.c_str(), 0400);
  DAFTAR_EXPECT_OK(ReadFile(path, 10, FileAccess::kOwnerOnly));
}

TEST(DirectoryLockTest, SecondHolderIsRefusedAndToldWhoHasIt) {
  const TempDir dir;
  auto first = DirectoryLock::Acquire(dir.path());
  DAFTAR_ASSERT_OK(first);
  EXPECT_THAT(
      DirectoryLock::Acquire(dir.path()),
      StatusIs(Code::kFailedPrecondition, HasSubstr("process " + std::to_string(::getpid()))));
  first->reset();
  DAFTAR_EXPECT_OK(DirectoryLock::Acquire(dir.path()));
}

TEST(DirectoryLockTest, TwoDirectoriesDoNotDisturbEachOther) {
  const TempDir a;
  const TempDir b;
  const auto first = DirectoryLock::Acquire(a.path());
  const auto second = DirectoryLock::Acquire(b.path());
  DAFTAR_EXPECT_OK(first);
  DAFTAR_EXPECT_OK(second);
}

TEST(DirectoryLockTest, MissingDirectoryIsNotFound) {
  const TempDir dir;
  EXPECT_THAT(DirectoryLock::Acquire(dir / "none"), StatusIs(Code::kNotFound));
}

TEST(DirectoryLockTest, RubbishInTheLockFileDoesNotMatter) {
  const TempDir dir;
  std::ofstream(dir / kLockFileName) << "\x1b[31mnot a number";
  const auto lock = DirectoryLock::Acquire(dir.path());
  DAFTAR_EXPECT_OK(lock);
  EXPECT_THAT(DirectoryLock::Acquire(dir.path()), StatusIs(Code::kFailedPrecondition));
}

}  // namespace
}  // namespace daftar::storage
