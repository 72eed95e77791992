#include "node/partners/first_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fakes.h"

namespace daftar::partners {
namespace {

class FirstLinesTest : public ::testing::Test {
 protected:
  crypto::NoteSignature LineOf(const std::string& name, const crypto::SigningKey& key,
                               uint8_t mark) {
    crypto::NoteSignature line = crypto::SignNote(note_.text, name, key);
    line.blob.back() = mark;
    return line;
  }
  crypto::NoteKey KeyOf(const std::string& name, const crypto::SigningKey& key) const {
    return {name, crypto::KeyType::kEd25519, key.public_key()};
  }

  daftar::testing::FakeEntropy entropy_;
  crypto::SigningKey head_ = crypto::SigningKey::Generate(entropy_);
  crypto::SigningKey other_ = crypto::SigningKey::Generate(entropy_);
  crypto::Note note_{"toko-a.test\n", {}};
};

TEST_F(FirstLinesTest, OfAFullNoteOneLineOfEachKnownKeyIsLeft) {
  const std::vector<crypto::NoteKey> known{KeyOf("toko-a.test", head_),
                                           KeyOf("toko-b.test/mirror", other_)};
  for (size_t i = 0; note_.signatures.size() < crypto::kMaxNoteSignatures; ++i) {
    const auto mark = static_cast<uint8_t>(i);
    note_.signatures.push_back(i % 2 == 0 ? LineOf("toko-a.test", head_, mark)
                                          : LineOf("toko-b.test/mirror", other_, mark));
  }
  const crypto::Note first = FirstLinesOf(note_, known);
  EXPECT_EQ(first.text, note_.text);
  EXPECT_THAT(first.signatures, ::testing::ElementsAre(note_.signatures[0], note_.signatures[1]));
  EXPECT_TRUE(HasTwoLinesOfOne(note_, known));
  EXPECT_FALSE(HasTwoLinesOfOne(first, known));
}

TEST_F(FirstLinesTest, ALineIsKnownByItsNameAndItsKeyIdTogether) {
  const std::vector<crypto::NoteKey> known{KeyOf("toko-a.test", head_)};
  note_.signatures = {LineOf("toko-b.test", head_, 1), LineOf("toko-a.test", other_, 2),
                      LineOf("toko-a.test", other_, 3), LineOf("toko-a.test", head_, 4)};
  EXPECT_THAT(FirstLinesOf(note_, known).signatures, ::testing::ElementsAre(note_.signatures[3]));
  EXPECT_FALSE(HasTwoLinesOfOne(note_, known));  // of unknown keys there may be many
}

}  // namespace
}  // namespace daftar::partners
