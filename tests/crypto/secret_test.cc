#include "crypto/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <ostream>
#include <type_traits>

#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using ::daftar::testing::FakeEntropy;
using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;
using ::testing::Each;

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!std::is_copy_constructible_v<Secret32> && !std::is_copy_assignable_v<Secret32>);
static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<Secret32>);
static_assert(std::is_nothrow_move_assignable_v<SecretBytes>);
static_assert(!std::is_convertible_v<Secret32, ByteView>);
static_assert(!std::is_convertible_v<SecretBytes, ByteView>);
static_assert(!Printable<Secret32> && !Printable<SecretBytes>);

Secret32 SomeSecret(uint64_t seed = 7) {
  FakeEntropy entropy(seed);
  return entropy.Secret();
}

TEST(SecretTest, OnlyTheExactLengthIsAccepted) {
  EXPECT_THAT(Secret32::Create(Bytes(32)), IsOk());
  EXPECT_THAT(Secret32::Create(Bytes(31)), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Secret32::Create(Bytes(33)), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Secret32::Create({}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(SecretTest, DuplicateIsEqualAndIndependent) {
  const Secret32 secret = SomeSecret();
  Secret32 copy = secret.Duplicate();
  EXPECT_TRUE(copy == secret);
  copy.ExposeMutable()[31] ^= 1;
  EXPECT_FALSE(copy == secret);
}

TEST(SecretTest, MovedFromSecretIsWiped) {
  Secret32 secret = SomeSecret();
  const Secret32 moved = std::move(secret);
  EXPECT_TRUE(moved == SomeSecret());
  EXPECT_TRUE(secret == Secret32());  // NOLINT(bugprone-use-after-move): the point of the test
  Secret32 assigned = SomeSecret(8);
  Secret32 source = SomeSecret();
  assigned = std::move(source);
  EXPECT_TRUE(assigned == SomeSecret());
  EXPECT_TRUE(source == Secret32());  // NOLINT(bugprone-use-after-move)
}

TEST(SecretTest, SelfAssignmentKeepsTheSecret) {
  Secret32 secret = SomeSecret();
  Secret32& same = secret;
  secret = std::move(same);
  EXPECT_TRUE(secret == SomeSecret());
}

TEST(SecretTest, DestructionWipesTheMemory) {
  alignas(Secret32) std::array<uint8_t, sizeof(Secret32)> memory = {};
  auto* secret = new (memory.data()) Secret32();
  std::memset(secret->ExposeMutable(), 0xaa, Secret32::kSize);
  EXPECT_THAT(memory, Each(0xaa));
  secret->~Secret();
  EXPECT_THAT(memory, Each(0));
}

TEST(SecretTest, WipeLeavesZeros) {
  Bytes bytes(100, 0x55);
  Wipe(bytes.data(), 50);
  EXPECT_THAT(std::span(bytes).first(50), Each(0));
  EXPECT_THAT(std::span(bytes).subspan(50), Each(0x55));
  Wipe(nullptr, 0);
}

TEST(SecretBytesTest, TakesBytesOverWithoutCopying) {
  Bytes bytes = ToBytes("passphrase");
  const uint8_t* where = bytes.data();
  const SecretBytes secret(std::move(bytes));
  EXPECT_EQ(secret.Expose().data(), where);
  EXPECT_EQ(secret.ExposeText(), "passphrase");
  EXPECT_EQ(secret.size(), 10U);
  EXPECT_FALSE(secret.empty());
}

TEST(SecretBytesTest, MoveLeavesTheSourceEmpty) {
  SecretBytes secret("passphrase");
  SecretBytes moved = std::move(secret);
  EXPECT_EQ(moved.ExposeText(), "passphrase");
  EXPECT_TRUE(secret.empty());  // NOLINT(bugprone-use-after-move)
  SecretBytes assigned("other");
  assigned = std::move(moved);
  EXPECT_EQ(assigned.ExposeText(), "passphrase");
  EXPECT_TRUE(moved.empty());  // NOLINT(bugprone-use-after-move)
}

TEST(SecretBytesTest, DuplicateIsEqualAndIndependent) {
  const SecretBytes secret("passphrase");
  const SecretBytes copy = secret.Duplicate();
  EXPECT_EQ(copy.ExposeText(), secret.ExposeText());
  EXPECT_NE(copy.Expose().data(), secret.Expose().data());
}

TEST(SecretBytesTest, EmptyIsEmpty) {
  EXPECT_TRUE(SecretBytes().empty());
  EXPECT_TRUE(SecretBytes("").empty());
  EXPECT_EQ(SecretBytes().Duplicate().size(), 0U);
}

}  // namespace
}  // namespace daftar::crypto
