#include "storage/keystore.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "crypto/hash.h"
#include "tests/storage/temp_dir.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::storage {
namespace {

using crypto::Bytes;
using crypto::SecretBytes;
using ::daftar::testing::FakeEntropy;
using ::daftar::testing::StatusIs;
using ::daftar::testing::TempDir;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Code = absl::StatusCode;

constexpr crypto::PasswordCost kCheap{1, 8 << 10};
constexpr int64_t kNow = 1790000000;

std::string Content(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}
void SetContent(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  ::chmod(path.c_str(), 0600);
}
mode_t ModeOf(const std::filesystem::path& path) {
  struct stat info = {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_mode & 0777;
}
Unlock Passphrase(std::string_view text) {
  return {SecretBytes(text), UnlockMethod::kPassphraseFile};
}

class KeystoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    auto keys = NodeKeys::Generate("toko-a.test", kNow, entropy_);
    DAFTAR_ASSERT_OK(keys);
    keys_ = std::make_unique<NodeKeys>(*std::move(keys));
  }
  void TearDown() override { ::unsetenv("CREDENTIALS_DIRECTORY"); }
  void Write(std::string_view passphrase = "correct horse") {
    DAFTAR_ASSERT_OK(WriteKeystore(dir_.path(), *keys_, Passphrase(passphrase), entropy_, kCheap));
  }
  absl::StatusOr<NodeKeys> Read(std::string_view passphrase = "correct horse") {
    return ReadKeystore(dir_.path(), Passphrase(passphrase));
  }
  std::filesystem::path file() const { return dir_ / kKeystoreFileName; }

  // Replaces the checksum, as somebody who tampers would.
  void Reseal(std::string content) {
    content.resize(content.size() - 32);
    const crypto::Digest checksum = crypto::Sha256(crypto::AsBytes(content));
    content += crypto::AsText(checksum.view());
    SetContent(file(), content);
  }

  TempDir dir_;
  FakeEntropy entropy_;
  std::unique_ptr<NodeKeys> keys_;
};

TEST_F(KeystoreTest, KeysReadBackAsTheyWere) {
  keys_->epochs.push_back({2, crypto::VoprfKey::Generate(entropy_)});
  Write();
  const auto read = Read();
  DAFTAR_ASSERT_OK(read);
  EXPECT_EQ(read->entry.public_key(), keys_->entry.public_key());
  EXPECT_EQ(read->head.public_key(), keys_->head.public_key());
  EXPECT_EQ(read->mirror.public_key(), keys_->mirror.public_key());
  EXPECT_EQ(read->self.public_key(), keys_->self.public_key());
  EXPECT_TRUE(read->record == keys_->record);
  EXPECT_TRUE(read->receipt == keys_->receipt);
  EXPECT_TRUE(read->data == keys_->data);
  ASSERT_EQ(read->epochs.size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read->epochs[i].epoch, keys_->epochs[i].epoch);
    EXPECT_EQ(read->epochs[i].key.public_key(), keys_->epochs[i].key.public_key());
  }
  EXPECT_EQ(read->tls.certificate_pem, keys_->tls.certificate_pem);
  EXPECT_EQ(read->tls.private_key_pem.ExposeText(), keys_->tls.private_key_pem.ExposeText());
  EXPECT_EQ(read->tls.pin, keys_->tls.pin);
}

TEST_F(KeystoreTest, EveryGeneratedKeyIsAnother) {
  std::vector<Bytes> secrets;
  for (const crypto::SigningKey* key :
       {&keys_->entry, &keys_->head, &keys_->mirror, &keys_->self}) {
    secrets.push_back(crypto::ToBytes(key->ExposeSeed().Expose()));
  }
  for (const crypto::Secret32* secret : {&keys_->record, &keys_->receipt, &keys_->data}) {
    secrets.push_back(crypto::ToBytes(secret->Expose()));
  }
  ASSERT_EQ(keys_->epochs.size(), 1U);
  EXPECT_EQ(keys_->epochs[0].epoch, kFirstEpoch);
  secrets.push_back(crypto::ToBytes(keys_->epochs[0].key.ExposeScalar().Expose()));
  std::sort(secrets.begin(), secrets.end());
  EXPECT_EQ(std::adjacent_find(secrets.begin(), secrets.end()), secrets.end());
  const auto info = crypto::InspectCertificate(keys_->tls.certificate_pem);
  DAFTAR_ASSERT_OK(info);
  EXPECT_LT(info->not_before, kNow);
  EXPECT_GT(info->not_after, kNow + int64_t{9} * 365 * 86400);
}

TEST_F(KeystoreTest, NoSecretIsInTheFile) {
  Write();
  const std::string content = Content(file());
  EXPECT_THAT(content, Not(HasSubstr("PRIVATE KEY")));
  EXPECT_THAT(content, Not(HasSubstr(crypto::AsText(keys_->data.Expose()))));
  EXPECT_THAT(content, Not(HasSubstr(crypto::AsText(keys_->entry.ExposeSeed().Expose()))));
  EXPECT_THAT(content, Not(HasSubstr("correct horse")));
}

TEST_F(KeystoreTest, FileIsForItsOwnerOnly) {
  Write();
  EXPECT_EQ(ModeOf(file()), 0600U);
  for (const mode_t mode : {0640, 0604, 0620, 0666}) {
    ::chmod(file().c_str(), mode);
    EXPECT_THAT(Read(), StatusIs(Code::kPermissionDenied, HasSubstr("chmod 600")));
  }
}

TEST_F(KeystoreTest, WrongPassphraseIsRefusedAsSuch) {
  Write();
  for (const char* wrong : {"correct hors", "correct horse ", "Correct horse", "x"}) {
    EXPECT_THAT(Read(wrong), StatusIs(Code::kPermissionDenied, HasSubstr("not the passphrase")));
  }
}

TEST_F(KeystoreTest, EmptyPassphraseIsRefused) {
  EXPECT_THAT(WriteKeystore(dir_.path(), *keys_, Passphrase(""), entropy_, kCheap),
              StatusIs(Code::kInvalidArgument));
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(KeystoreTest, MissingKeystoreIsNotFound) {
  EXPECT_THAT(Read(), StatusIs(Code::kNotFound, HasSubstr(file().string())));
}

TEST_F(KeystoreTest, FlippedBitAnywhereIsDamage) {
  Write();
  const std::string good = Content(file());
  for (size_t byte = 0; byte < good.size(); ++byte) {
    std::string bad = good;
    bad[byte] = static_cast<char>(bad[byte] ^ (1 << (byte % 8)));
    SetContent(file(), bad);
    ASSERT_THAT(Read(), StatusIs(Code::kDataLoss, HasSubstr("damaged"))) << byte;
  }
}

TEST_F(KeystoreTest, EveryShorterOrLongerFileIsDamage) {
  Write();
  const std::string good = Content(file());
  for (size_t length = 0; length < good.size(); length += 7) {
    SetContent(file(), good.substr(0, length));
    ASSERT_THAT(Read(), StatusIs(Code::kDataLoss)) << length;
  }
  SetContent(file(), good + "x");
  EXPECT_THAT(Read(), StatusIs(Code::kDataLoss));
  SetContent(file(), std::string(1 << 20, 'x'));
  EXPECT_THAT(Read(), StatusIs(Code::kDataLoss, HasSubstr("bytes")));
}

TEST_F(KeystoreTest, TamperingWithAFittingChecksumIsRefusedToo) {
  Write();
  const std::string good = Content(file());
  for (size_t byte = 8; byte < good.size() - 32; byte += 3) {
    // The version and the cost have tests of their own: another cost may take its time.
    if (byte < 20) continue;
    std::string bad = good;
    bad[byte] = static_cast<char>(bad[byte] ^ 0x04);
    Reseal(bad);
    ASSERT_THAT(Read(), AnyOf(StatusIs(Code::kPermissionDenied), StatusIs(Code::kDataLoss)))
        << byte;
  }
}

TEST_F(KeystoreTest, CostOutOfBoundsIsDamageAndCostsNothing) {
  Write();
  for (const size_t byte : {12, 16}) {  // the highest bytes of passes and memory
    std::string bad = Content(file());
    const char good = bad[byte];
    bad[byte] = '\x7f';
    Reseal(bad);
    EXPECT_THAT(Read(), StatusIs(Code::kDataLoss, HasSubstr("cost")));
    bad[byte] = good;
    Reseal(bad);
  }
  DAFTAR_EXPECT_OK(Read());
}

TEST_F(KeystoreTest, LoweredCostDoesNotOpen) {
  DAFTAR_ASSERT_OK(
      WriteKeystore(dir_.path(), *keys_, Passphrase("correct horse"), entropy_, {2, 8 << 10}));
  std::string bad = Content(file());
  bad[15] = 1;
  Reseal(bad);
  EXPECT_THAT(Read(), StatusIs(Code::kPermissionDenied));
}

TEST_F(KeystoreTest, NewerVersionIsRefusedInWords) {
  Write();
  std::string newer = Content(file());
  newer[11] = 2;
  Reseal(newer);
  EXPECT_THAT(Read(), StatusIs(Code::kFailedPrecondition, HasSubstr("newer version")));
  newer[11] = 0;
  Reseal(newer);
  EXPECT_THAT(Read(), StatusIs(Code::kDataLoss));
}

TEST_F(KeystoreTest, RewritingReplacesTheOldPassphrase) {
  Write("old");
  Write("new");
  EXPECT_THAT(Read("old"), StatusIs(Code::kPermissionDenied));
  DAFTAR_EXPECT_OK(Read("new"));
}

TEST_F(KeystoreTest, TwoFilesOfTheSameKeysDiffer) {
  Write();
  const std::string first = Content(file());
  Write();
  EXPECT_NE(Content(file()), first);
}

TEST_F(KeystoreTest, DefaultCostRoundTrips) {
  DAFTAR_ASSERT_OK(WriteKeystore(dir_.path(), *keys_, Passphrase("x"), entropy_));
  DAFTAR_EXPECT_OK(Read("x"));
}

TEST_F(KeystoreTest, TooManyEpochsAreRefusedNotCut) {
  for (uint32_t i = 0; i < 64; ++i) {
    keys_->epochs.push_back({i + 2, crypto::VoprfKey::Generate(entropy_)});
  }
  EXPECT_THAT(WriteKeystore(dir_.path(), *keys_, Passphrase("x"), entropy_, kCheap),
              StatusIs(Code::kInvalidArgument));
}

TEST_F(KeystoreTest, PassphraseFileComesBeforeCredentialBeforeUnlockFile) {
  const TempDir credentials;
  SetContent(dir_ / "named", "from file\n");
  SetContent(credentials / kCredentialName, "from credential\n");
  DAFTAR_ASSERT_OK(CreateUnlockFile(dir_.path(), entropy_));
  ::setenv("CREDENTIALS_DIRECTORY", credentials.path().c_str(), 1);

  auto unlock = FindUnlock(dir_.path(), dir_ / "named");
  DAFTAR_ASSERT_OK(unlock);
  EXPECT_EQ(unlock->method, UnlockMethod::kPassphraseFile);
  EXPECT_EQ(unlock->passphrase.ExposeText(), "from file");

  unlock = FindUnlock(dir_.path(), {});
  DAFTAR_ASSERT_OK(unlock);
  EXPECT_EQ(unlock->method, UnlockMethod::kCredential);
  EXPECT_EQ(unlock->passphrase.ExposeText(), "from credential");

  std::filesystem::remove(credentials / kCredentialName);
  unlock = FindUnlock(dir_.path(), {});
  DAFTAR_ASSERT_OK(unlock);
  EXPECT_EQ(unlock->method, UnlockMethod::kUnlockFile);
}

TEST_F(KeystoreTest, NamedFileThatIsMissingIsNotReplacedByAnother) {
  DAFTAR_ASSERT_OK(CreateUnlockFile(dir_.path(), entropy_));
  EXPECT_THAT(FindUnlock(dir_.path(), dir_ / "missing"),
              StatusIs(Code::kNotFound, HasSubstr("missing")));
}

TEST_F(KeystoreTest, WithoutAnyPassphraseEveryPlaceIsNamed) {
  EXPECT_THAT(FindUnlock(dir_.path(), {}),
              StatusIs(Code::kNotFound, HasSubstr("CREDENTIALS_DIRECTORY")));
  ::setenv("CREDENTIALS_DIRECTORY", "/nonexistent", 1);
  EXPECT_THAT(FindUnlock(dir_.path(), {}),
              StatusIs(Code::kNotFound, HasSubstr("/nonexistent/daftar-passphrase")));
  EXPECT_THAT(FindUnlock(dir_.path(), {}),
              StatusIs(Code::kNotFound, HasSubstr((dir_ / kUnlockFileName).string())));
}

TEST_F(KeystoreTest, PassphraseThatOthersMayReadIsRefused) {
  const TempDir credentials;
  SetContent(dir_ / "named", "secret\n");
  ::chmod((dir_ / "named").c_str(), 0640);
  EXPECT_THAT(FindUnlock(dir_.path(), dir_ / "named"), StatusIs(Code::kPermissionDenied));
  DAFTAR_ASSERT_OK(CreateUnlockFile(dir_.path(), entropy_));
  ::chmod((dir_ / kUnlockFileName).c_str(), 0604);
  EXPECT_THAT(FindUnlock(dir_.path(), {}), StatusIs(Code::kPermissionDenied));
  SetContent(credentials / kCredentialName, "secret");
  ::setenv("CREDENTIALS_DIRECTORY", credentials.path().c_str(), 1);
  ::chmod((credentials / kCredentialName).c_str(), 0440);
  DAFTAR_EXPECT_OK(FindUnlock(dir_.path(), {}));
  ::chmod((credentials / kCredentialName).c_str(), 0444);
  EXPECT_THAT(FindUnlock(dir_.path(), {}), StatusIs(Code::kPermissionDenied));
}

TEST_F(KeystoreTest, OneTrailingNewlineIsNotPartOfThePassphrase) {
  struct Row {
    std::string content;
    std::string passphrase;
  };
  const Row rows[] = {{"a b", "a b"},
                      {"a b\n", "a b"},
                      {"a b\r\n", "a b"},
                      {"a b\n\n", "a b\n"},
                      {" a b \n", " a b "}};
  for (const Row& row : rows) {
    SetContent(dir_ / "named", row.content);
    const auto unlock = FindUnlock(dir_.path(), dir_ / "named");
    DAFTAR_ASSERT_OK(unlock);
    EXPECT_EQ(unlock->passphrase.ExposeText(), row.passphrase);
  }
  for (const char* empty : {"", "\n", "\r\n"}) {
    SetContent(dir_ / "named", empty);
    EXPECT_THAT(FindUnlock(dir_.path(), dir_ / "named"), StatusIs(Code::kInvalidArgument));
  }
  SetContent(dir_ / "named", std::string(kMaxPassphraseBytes + 1, 'x'));
  EXPECT_THAT(FindUnlock(dir_.path(), dir_ / "named"), StatusIs(Code::kResourceExhausted));
}

TEST_F(KeystoreTest, UnlockFileIsPrivateRandomAndNeverReplaced) {
  const auto created = CreateUnlockFile(dir_.path(), entropy_);
  DAFTAR_ASSERT_OK(created);
  EXPECT_EQ(created->method, UnlockMethod::kUnlockFile);
  EXPECT_GE(created->passphrase.size(), 43U);
  EXPECT_EQ(ModeOf(dir_ / kUnlockFileName), 0600U);
  const auto found = FindUnlock(dir_.path(), {});
  DAFTAR_ASSERT_OK(found);
  EXPECT_EQ(found->passphrase.ExposeText(), created->passphrase.ExposeText());
  EXPECT_THAT(CreateUnlockFile(dir_.path(), entropy_), StatusIs(Code::kAlreadyExists));
  const TempDir other;
  const auto another = CreateUnlockFile(other.path(), entropy_);
  DAFTAR_ASSERT_OK(another);
  EXPECT_NE(another->passphrase.ExposeText(), created->passphrase.ExposeText());
}

TEST_F(KeystoreTest, UnlockFileOpensTheKeystore) {
  const auto created = CreateUnlockFile(dir_.path(), entropy_);
  DAFTAR_ASSERT_OK(created);
  DAFTAR_ASSERT_OK(WriteKeystore(dir_.path(), *keys_, *created, entropy_, kCheap));
  const auto found = FindUnlock(dir_.path(), {});
  DAFTAR_ASSERT_OK(found);
  DAFTAR_EXPECT_OK(ReadKeystore(dir_.path(), *found));
}

}  // namespace
}  // namespace daftar::storage
