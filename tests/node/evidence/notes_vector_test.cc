// The heads and cosignatures of docs/protocol.md, built from the vectors' log.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/checkpoint.h"
#include "crypto/cosignature.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "tests/node/evidence/entry_vectors.h"
#include "tests/support/status_matchers.h"

namespace daftar::evidence {
namespace {

using daftar::testing::IsOk;
using evidence::testing::EntryVectors;
using evidence::testing::FromJson;
using evidence::testing::Json;
using evidence::testing::KeyFromJson;

// The ten entries of the vectors' log, without the ADOPTION of the log after it.
crypto::CompactTree VectorTree() {
  crypto::CompactTree tree;
  for (const Json& entry : EntryVectors()["entries"]) {
    if (entry["name"] == "ADOPTION") continue;
    tree.Append(crypto::MerkleLeafHash(FromJson(entry["header"]), FromJson(entry["signature"])));
  }
  return tree;
}

TEST(NotesVectorTest, TheTreeOverTheEntriesHasTheVectorsRoot) {
  EXPECT_EQ(VectorTree().size(), EntryVectors()["tree"]["size"].get<uint64_t>());
  EXPECT_EQ(VectorTree().Root().hex(), EntryVectors()["tree"]["root"]);
}

TEST(NotesVectorTest, HeadAndCosignaturesAreThoseOfTheVectors) {
  const Json& notes = EntryVectors()["notes"];
  const Json& seeds = EntryVectors()["inputs"]["seeds"];
  const std::string origin = EntryVectors()["inputs"]["origin"];
  const std::string partner = notes["partner"];
  const auto time = notes["time"].get<uint64_t>();
  const crypto::Checkpoint checkpoint{
      .origin = origin, .size = VectorTree().size(), .root = VectorTree().Root()};
  const std::string text = checkpoint.ToText();
  EXPECT_EQ(text, notes["checkpoint"]);
  const crypto::Note note{
      .text = text,
      .signatures = {crypto::SignNote(text, origin, KeyFromJson(seeds["head"])),
                     crypto::Cosign(text, time, SelfKeyName(origin), KeyFromJson(seeds["self"])),
                     crypto::Cosign(text, time + 1, MirrorKeyName(partner),
                                    KeyFromJson(seeds["partner_mirror"]))}};
  const std::string expected = text + "\n" + notes["head"].get<std::string>() +
                               notes["self"].get<std::string>() +
                               notes["mirror"].get<std::string>();
  EXPECT_EQ(note.ToString(), expected);
  const crypto::NoteKey known[] = {
      {origin, crypto::KeyType::kEd25519, KeyFromJson(seeds["head"]).public_key()},
      {SelfKeyName(origin), crypto::KeyType::kCosignature, KeyFromJson(seeds["self"]).public_key()},
      {MirrorKeyName(partner), crypto::KeyType::kCosignature,
       KeyFromJson(seeds["partner_mirror"]).public_key()}};
  const auto parsed = crypto::ParseNote(expected);
  ASSERT_THAT(parsed, IsOk());
  const auto signers = crypto::VerifyNote(*parsed, known);
  ASSERT_THAT(signers, IsOk());
  ASSERT_EQ(signers->size(), 3u);
  EXPECT_EQ((*signers)[1].timestamp, time);
  EXPECT_EQ((*signers)[2].timestamp, time + 1);
}

}  // namespace
}  // namespace daftar::evidence
