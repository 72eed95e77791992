#include "crypto/seal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <string>

#include "tests/crypto/json_vectors.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define DAFTAR_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define DAFTAR_TEST_SANITIZED 1
#endif
#endif

namespace daftar::crypto {
namespace {

using ::daftar::testing::FakeEntropy;
using ::daftar::testing::FixedFromHex;
using ::daftar::testing::Hex;
using ::daftar::testing::IsOk;
using ::daftar::testing::LoadVectors;
using ::daftar::testing::SecretFromHex;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

class SealTest : public ::testing::Test {
 protected:
  FakeEntropy entropy_;
  const Secret32 key_ = entropy_.Secret();
  const SealNonce nonce_ = entropy_.Public<SealNonce>();
  const Bytes plaintext_ = ToBytes("deposit paid, balance never settled");
  const Bytes context_ = ToBytes("daftar/test/v1");
};

TEST_F(SealTest, VectorsSealAndOpenAsPrinted) {
  const nlohmann::json vectors = LoadVectors("seal.json");
  ASSERT_EQ(vectors["sealed"].size(), 4U);
  for (const auto& vector : vectors["sealed"]) {
    const Secret32 key = SecretFromHex(vector["key"]);
    const auto nonce = FixedFromHex<SealNonce>(vector["nonce"]);
    const Bytes context = Hex(vector["associated_data"]);
    const Bytes sealed = Seal(key, nonce, Hex(vector["plaintext"]), context);
    EXPECT_EQ(ToHex(sealed), vector["sealed"]) << vector["name"];
    auto opened = Open(key, nonce, sealed, context);
    ASSERT_THAT(opened, IsOk());
    EXPECT_EQ(ToHex(opened->Expose()), vector["plaintext"]);
  }
}

TEST_F(SealTest, EveryFlippedBitOfCiphertextAndTagIsRefused) {
  const Bytes sealed = Seal(key_, nonce_, plaintext_, context_);
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_THAT(Open(key_, nonce_, changed, context_), StatusIs(kInvalid)) << bit;
  }
}

TEST_F(SealTest, EveryCutIsRefused) {
  const Bytes sealed = Seal(key_, nonce_, plaintext_, context_);
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_THAT(Open(key_, nonce_, ByteView(sealed).first(size), context_), StatusIs(kInvalid));
  }
}

TEST_F(SealTest, OtherKeyNonceOrContextIsRefused) {
  const Bytes sealed = Seal(key_, nonce_, plaintext_, context_);
  EXPECT_THAT(Open(entropy_.Secret(), nonce_, sealed, context_), StatusIs(kInvalid));
  EXPECT_THAT(Open(key_, entropy_.Public<SealNonce>(), sealed, context_), StatusIs(kInvalid));
  EXPECT_THAT(Open(key_, nonce_, sealed, {}), StatusIs(kInvalid));
  EXPECT_THAT(Open(key_, nonce_, sealed, AsBytes("daftar/test/v2")), StatusIs(kInvalid));
  EXPECT_THAT(Open(key_, nonce_, sealed, context_), IsOk());
}

// The tag covers where context ends and ciphertext begins.
TEST_F(SealTest, ByteMovedFromContextToCiphertextIsRefused) {
  Bytes sealed = Seal(key_, nonce_, plaintext_, context_);
  sealed.insert(sealed.begin(), context_.back());
  EXPECT_THAT(Open(key_, nonce_, sealed, ByteView(context_).first(context_.size() - 1)),
              StatusIs(kInvalid));
}

TEST_F(SealTest, EmptyPlaintextAndContextSealAndOpen) {
  const Bytes sealed = Seal(key_, nonce_, {}, {});
  EXPECT_EQ(sealed.size(), kSealOverhead);
  auto opened = Open(key_, nonce_, sealed, {});
  ASSERT_THAT(opened, IsOk());
  EXPECT_TRUE(opened->empty());
}

TEST_F(SealTest, SealedWithNonceOpensAndHasTheNonceInFront) {
  const Bytes sealed = SealWithNonce(key_, plaintext_, context_, entropy_);
  ASSERT_EQ(sealed.size(), SealNonce::kSize + plaintext_.size() + kSealOverhead);
  auto opened = OpenWithNonce(key_, sealed, context_);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(ToBytes(opened->Expose()), plaintext_);
  const auto nonce = *SealNonce::Create(ByteView(sealed).first(SealNonce::kSize));
  EXPECT_EQ(ToBytes(ByteView(sealed).subspan(SealNonce::kSize)),
            Seal(key_, nonce, plaintext_, context_));
}

TEST_F(SealTest, SealingTwiceUsesTwoNonces) {
  EXPECT_NE(SealWithNonce(key_, plaintext_, context_, entropy_),
            SealWithNonce(key_, plaintext_, context_, entropy_));
}

TEST_F(SealTest, SealedWithNonceIsRefusedWhenCutFlippedOrUnderAnotherContext) {
  const Bytes sealed = SealWithNonce(key_, plaintext_, context_, entropy_);
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_THAT(OpenWithNonce(key_, ByteView(sealed).first(size), context_), StatusIs(kInvalid));
  }
  for (size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 1;
    EXPECT_THAT(OpenWithNonce(key_, changed, context_), StatusIs(kInvalid));
  }
  EXPECT_THAT(OpenWithNonce(key_, sealed, AsBytes("other")), StatusIs(kInvalid));
}

TEST(KeyFromPasswordTest, VectorsComeOutAsPrinted) {
  const nlohmann::json vectors = LoadVectors("seal.json");
  ASSERT_EQ(vectors["passwords"].size(), 4U);
  for (const auto& vector : vectors["passwords"]) {
    const std::string hex = vector["password"];
    auto key = KeyFromPassword(SecretBytes(Hex(hex)), FixedFromHex<PasswordSalt>(vector["salt"]),
                               PasswordCost{vector["operations"], vector["memory_bytes"]});
    ASSERT_THAT(key, IsOk());
    EXPECT_EQ(ToHex(key->Expose()), vector["key"]);
  }
}

TEST(KeyFromPasswordTest, PasswordSaltAndCostEachChangeTheKey) {
  const PasswordCost cost{1, kMinPasswordMemoryBytes};
  const PasswordSalt salt;
  PasswordSalt other_salt;
  other_salt.data()[0] = 1;
  const Secret32 key = *KeyFromPassword(SecretBytes("a"), salt, cost);
  EXPECT_TRUE(key == *KeyFromPassword(SecretBytes("a"), salt, cost));
  EXPECT_FALSE(key == *KeyFromPassword(SecretBytes("b"), salt, cost));
  EXPECT_FALSE(key == *KeyFromPassword(SecretBytes("a"), other_salt, cost));
  EXPECT_FALSE(key == *KeyFromPassword(SecretBytes("a"), salt, {2, kMinPasswordMemoryBytes}));
  EXPECT_FALSE(key == *KeyFromPassword(SecretBytes("a"), salt, {1, 16U << 10}));
}

TEST(KeyFromPasswordTest, CostOutOfBoundsIsRefused) {
  const SecretBytes password("correct horse");
  for (const PasswordCost cost :
       {PasswordCost{0, 64U << 10}, PasswordCost{kMaxPasswordOperations + 1, 64U << 10},
        PasswordCost{UINT32_MAX, 64U << 10}}) {
    EXPECT_THAT(KeyFromPassword(password, PasswordSalt(), cost),
                StatusIs(kInvalid, HasSubstr("passes")));
  }
  for (const PasswordCost cost :
       {PasswordCost{1, 0}, PasswordCost{1, kMinPasswordMemoryBytes - 1},
        PasswordCost{1, kMaxPasswordMemoryBytes + 1}, PasswordCost{1, UINT32_MAX}}) {
    EXPECT_THAT(KeyFromPassword(password, PasswordSalt(), cost),
                StatusIs(kInvalid, HasSubstr("memory")));
  }
}

// Ends the process with 0 when the shortage is reported as such.
[[maybe_unused]] void AskForTooMuchMemory() {
  const rlimit limit{256U << 20, 256U << 20};
  if (setrlimit(RLIMIT_AS, &limit) != 0) std::exit(2);
  const PasswordCost cost{1, kMaxPasswordMemoryBytes};
  auto key = KeyFromPassword(SecretBytes("a"), PasswordSalt(), cost);
  std::exit(key.status().code() == absl::StatusCode::kResourceExhausted ? 0 : 1);
}

TEST(KeyFromPasswordDeathTest, MemoryThatIsNotToBeHadIsReported) {
#ifdef DAFTAR_TEST_SANITIZED
  GTEST_SKIP() << "sanitizers reserve more address space than the limit of this test";
#else
  EXPECT_EXIT(AskForTooMuchMemory(), ::testing::ExitedWithCode(0), "");
#endif
}

}  // namespace
}  // namespace daftar::crypto
