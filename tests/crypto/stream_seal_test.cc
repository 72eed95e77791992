#include "crypto/stream_seal.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <vector>

#include "crypto/hash.h"
#include "tests/support/fakes.h"
#include "tests/support/status_matchers.h"

namespace daftar::crypto {
namespace {

using ::daftar::testing::FakeEntropy;
using ::daftar::testing::IsOk;
using ::daftar::testing::StatusIs;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

class StreamSealTest : public ::testing::Test {
 protected:
  static Bytes Pattern(size_t size) {
    Bytes bytes(size);
    for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * 31 + i / 251);
    return bytes;
  }
  static std::vector<ByteView> Chunks(ByteView plain) {
    std::vector<ByteView> chunks;
    do {
      const ByteView chunk = plain.first(std::min(plain.size(), kStreamChunkBytes));
      chunks.push_back(chunk);
      plain = plain.subspan(chunk.size());
    } while (!plain.empty());
    return chunks;
  }
  std::vector<Bytes> Sealed(ByteView plain) {
    StreamSealer sealer(key_, entropy_);
    header_ = sealer.header();
    std::vector<Bytes> sealed;
    const auto chunks = Chunks(plain);
    for (size_t i = 0; i < chunks.size(); ++i) {
      sealed.push_back(sealer.Seal(chunks[i], i + 1 == chunks.size()));
    }
    return sealed;
  }
  absl::StatusOr<Bytes> Opened(const std::vector<Bytes>& sealed, const Secret32& key,
                               const StreamHeader& header) {
    StreamOpener opener(key, header);
    Bytes plain;
    for (size_t i = 0; i < sealed.size(); ++i) {
      auto chunk = opener.Open(sealed[i], i + 1 == sealed.size());
      if (!chunk.ok()) return chunk.status();
      plain.insert(plain.end(), chunk->Expose().begin(), chunk->Expose().end());
    }
    return plain;
  }
  absl::StatusOr<Bytes> Opened(const std::vector<Bytes>& sealed) {
    return Opened(sealed, key_, header_);
  }

  FakeEntropy entropy_;
  const Secret32 key_ = entropy_.Secret();
  StreamHeader header_;
};

TEST_F(StreamSealTest, EveryLengthComesBackAndTakesWhatItShould) {
  for (const size_t size : {size_t{0}, size_t{1}, kStreamChunkBytes - 1, kStreamChunkBytes,
                            kStreamChunkBytes + 1, 3 * kStreamChunkBytes}) {
    const Bytes plain = Pattern(size);
    const auto sealed = Sealed(plain);
    uint64_t bytes = 0;
    for (const Bytes& chunk : sealed) bytes += chunk.size();
    EXPECT_EQ(bytes, SealedStreamBytes(size)) << size;
    auto opened = Opened(sealed);
    ASSERT_THAT(opened, IsOk()) << size;
    EXPECT_EQ(*opened, plain) << size;
  }
}

TEST_F(StreamSealTest, LibsodiumReadsItAndIsRead) {
  const Bytes plain = Pattern(kStreamChunkBytes + 5);
  const auto sealed = Sealed(plain);
  crypto_secretstream_xchacha20poly1305_state state;
  ASSERT_EQ(
      crypto_secretstream_xchacha20poly1305_init_pull(&state, header_.data(), key_.Expose().data()),
      0);
  Bytes opened;
  for (size_t i = 0; i < sealed.size(); ++i) {
    Bytes chunk(sealed[i].size() - kStreamChunkOverhead);
    uint8_t tag = 0;
    ASSERT_EQ(
        crypto_secretstream_xchacha20poly1305_pull(&state, chunk.data(), nullptr, &tag,
                                                   sealed[i].data(), sealed[i].size(), nullptr, 0),
        0);
    EXPECT_EQ(tag, i + 1 == sealed.size() ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
    opened.insert(opened.end(), chunk.begin(), chunk.end());
  }
  EXPECT_EQ(opened, plain);

  StreamHeader header;
  ASSERT_EQ(
      crypto_secretstream_xchacha20poly1305_init_push(&state, header.data(), key_.Expose().data()),
      0);
  Bytes made(5 + kStreamChunkOverhead);
  ASSERT_EQ(crypto_secretstream_xchacha20poly1305_push(
                &state, made.data(), nullptr, plain.data(), 5, nullptr, 0,
                crypto_secretstream_xchacha20poly1305_TAG_FINAL),
            0);
  auto back = Opened({made}, key_, header);
  ASSERT_THAT(back, IsOk());
  EXPECT_EQ(*back, Bytes(plain.begin(), plain.begin() + 5));
}

// The format is on disk: the bytes for this key, header and text never change. The value comes from
// an implementation of the construction that shares no code with libsodium.
TEST_F(StreamSealTest, TheBytesAreFixed) {
  const auto sealed = Sealed(Pattern(kStreamChunkBytes + 1));
  Bytes all = ToBytes(header_.view());
  for (const Bytes& chunk : sealed) all.insert(all.end(), chunk.begin(), chunk.end());
  EXPECT_EQ(Sha256(all).hex(), "424c3c6a37693f079558fe09f7cbbd38479d130419f957fa915720bfe4c072b5");
}

TEST_F(StreamSealTest, AnyFlippedBitIsRefused) {
  const auto sealed = Sealed(Pattern(40));
  for (size_t i = 0; i < sealed[0].size() * 8; ++i) {
    auto damaged = sealed;
    damaged[0][i / 8] ^= static_cast<uint8_t>(1U << (i % 8));
    EXPECT_THAT(Opened(damaged), StatusIs(kInvalid)) << i;
  }
}

TEST_F(StreamSealTest, AStreamThatWasCutOrGoesOnIsRefused) {
  const auto sealed = Sealed(Pattern(3 * kStreamChunkBytes));
  EXPECT_THAT(Opened({sealed[0], sealed[1]}), StatusIs(kInvalid));
  EXPECT_THAT(Opened({sealed[0], sealed[2]}), StatusIs(kInvalid));
  EXPECT_THAT(Opened({sealed[1], sealed[0], sealed[2]}), StatusIs(kInvalid));
  EXPECT_THAT(Opened({sealed[0], sealed[0], sealed[1], sealed[2]}), StatusIs(kInvalid));
  EXPECT_THAT(Opened({sealed[0], sealed[1], sealed[2], sealed[2]}), StatusIs(kInvalid));
  auto shorter = sealed;
  shorter[2].pop_back();
  EXPECT_THAT(Opened(shorter), StatusIs(kInvalid));
  shorter[2].resize(kStreamChunkOverhead - 1);
  EXPECT_THAT(Opened(shorter), StatusIs(kInvalid));
  shorter[2].clear();
  EXPECT_THAT(Opened(shorter), StatusIs(kInvalid));
}

TEST_F(StreamSealTest, AnotherKeyHeaderOrStreamIsRefused) {
  const auto sealed = Sealed(Pattern(2 * kStreamChunkBytes));
  const StreamHeader header = header_;
  EXPECT_THAT(Opened(sealed, entropy_.Secret(), header), StatusIs(kInvalid));
  const auto other = Sealed(Pattern(2 * kStreamChunkBytes));
  EXPECT_NE(header_, header);
  EXPECT_THAT(Opened(sealed, key_, header_), StatusIs(kInvalid));
  EXPECT_THAT(Opened({other[0], sealed[1]}), StatusIs(kInvalid));
}

TEST_F(StreamSealTest, NothingOpensAfterAFailure) {
  const auto sealed = Sealed(Pattern(kStreamChunkBytes + 1));
  StreamOpener opener(key_, header_);
  auto damaged = sealed[0];
  damaged[9] ^= 1;
  EXPECT_THAT(opener.Open(damaged, false), StatusIs(kInvalid));
  EXPECT_THAT(opener.Open(sealed[0], false), StatusIs(kInvalid));
}

}  // namespace
}  // namespace daftar::crypto
