#include "node/evidence/relay.h"

#include <gtest/gtest.h>

#include "tests/node/evidence/entry_vectors.h"
#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using ::daftar::testing::StatusIs;
using evidence::testing::DateOf;
using evidence::testing::EntryVectors;
using evidence::testing::FixedFromJson;
using evidence::testing::FromJson;
using evidence::testing::Hex;
using evidence::testing::Json;
using evidence::testing::KeyFromJson;

const Json& Vector() { return EntryVectors()["relay"]; }
crypto::SigningKey EntryKey() {
  return KeyFromJson(EntryVectors()["inputs"]["seeds"]["partner_entry"]);
}
crypto::Secret32 ReportKeyOfVector() { return FixedFromJson<crypto::Secret32>(Vector()["key"]); }

RelayStatement Unsigned() {
  RelayStatement statement;
  statement.relayer = Vector()["relayer"].get<std::string>();
  statement.issuer = Vector()["issuer"].get<std::string>();
  statement.index = Vector()["index"].get<uint64_t>();
  statement.leaf = FixedFromJson<crypto::Digest>(Vector()["leaf_hash"]);
  statement.on = DateOf(Vector()["on"].get<std::string>());
  statement.at = Vector()["at"].get<uint64_t>();
  return statement;
}

RelayStatement Made() { return SignRelay(Unsigned(), ReportKeyOfVector(), EntryKey()); }

TEST(RelayTest, IsThatOfTheVector) {
  const RelayStatement made = Made();
  EXPECT_EQ(made.mac.hex(), Vector()["mac"]);
  EXPECT_EQ(made.signer.hex(), Vector()["signer"]);
  EXPECT_EQ(Hex(made.Encode()), Vector()["statement"]);
  const auto read = RelayStatement::Decode(FromJson(Vector()["statement"]));
  DAFTAR_ASSERT_OK(read);
  EXPECT_EQ(*read, made);
}

TEST(RelayTest, OnlyTheSignersKeyVerifiesIt) {
  const RelayStatement made = Made();
  EXPECT_TRUE(made.VerifiedBy(EntryKey().public_key()));
  const crypto::SigningKey other = KeyFromJson(EntryVectors()["inputs"]["seeds"]["entry"]);
  EXPECT_FALSE(made.VerifiedBy(other.public_key()));
  RelayStatement renamed = made;
  renamed.signer = EntryKeyId(made.relayer, other.public_key());
  EXPECT_FALSE(renamed.VerifiedBy(other.public_key()));
}

TEST(RelayTest, OnlyTheRecordKeyProvesIt) {
  EXPECT_TRUE(Made().Proves(ReportKeyOfVector()));
  EXPECT_FALSE(
      Made().Proves(FixedFromJson<crypto::Secret32>(EntryVectors()["inputs"]["record_key"])));
}

TEST(RelayTest, EveryChangedByteIsSeen) {
  const Bytes bytes = Made().Encode();
  ASSERT_LE(bytes.size(), RelayStatement::kMaxSize);
  for (size_t i = 0; i < bytes.size(); ++i) {
    Bytes changed = bytes;
    changed[i] ^= 1;
    const auto read = RelayStatement::Decode(changed);
    if (!read.ok()) continue;
    EXPECT_FALSE(read->VerifiedBy(EntryKey().public_key())) << "byte " << i;
    EXPECT_EQ(read->Encode(), changed);
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(RelayStatement::Decode(ByteView(bytes).first(size)).ok());
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(RelayStatement::Decode(longer).ok());
}

// With its own key the relayer can sign what it likes.
TEST(RelayTest, WhatNoRelayerWouldStateIsRefused) {
  const auto changed = [](size_t at, ByteView with) {
    Bytes bytes = Made().Encode();
    std::copy(with.begin(), with.end(), bytes.begin() + static_cast<ptrdiff_t>(at));
    return RelayStatement::Decode(bytes).status();
  };
  const size_t origins = Unsigned().relayer.size() + Unsigned().issuer.size();
  const size_t index = 4 + 2 + origins;
  const Bytes huge(8, 0xFF);
  EXPECT_THAT(changed(index, huge), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(changed(index + 8 + 32, Bytes(4, 0)), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(changed(index + 8 + 32, Bytes(4, 0xFF)),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(changed(index + 8 + 32 + 4, huge), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(changed(5, crypto::AsBytes("T")), StatusIs(absl::StatusCode::kInvalidArgument));
  // The two origins of the vector have one length.
  ASSERT_EQ(Unsigned().relayer.size(), Unsigned().issuer.size());
  EXPECT_THAT(changed(5, crypto::AsBytes(Unsigned().issuer)),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace daftar::evidence
