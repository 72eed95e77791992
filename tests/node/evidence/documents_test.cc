// docs/protocol.md says what the code does, where a table can be compared. (Its vectors are
// compared by protocol_vectors_test.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "node/evidence/entry.h"
#include "node/evidence/reasons.h"
#include "node/identity/identifier.h"

namespace daftar::evidence {
namespace {

using ::testing::HasSubstr;

std::string Protocol() {
  std::ifstream file(DAFTAR_SOURCE_DIR "/docs/protocol.md");
  std::stringstream content;
  content << file.rdbuf();
  return content.str();
}

TEST(ProtocolDocumentTest, EveryReasonStandsThereWithItsNumberAndSentence) {
  const std::string document = Protocol();
  for (const ReasonInfo& info : AllReasons()) {
    const std::string row = "| " + std::to_string(static_cast<int>(info.reason)) + " | `" +
                            std::string(info.name) + "` | " + std::string(info.sentence) + " |";
    EXPECT_THAT(document, HasSubstr(row));
  }
}

TEST(ProtocolDocumentTest, EveryKindStandsThereWithItsNumber) {
  const std::string document = Protocol();
  for (int number = 1; number <= 11; ++number) {
    const std::string row = "| " + std::to_string(number) + " | " +
                            std::string(KindName(static_cast<EntryKind>(number))) + " |";
    EXPECT_THAT(document, HasSubstr(row));
  }
}

TEST(ProtocolDocumentTest, EveryIdentifierTypeStandsThere) {
  const std::string document = Protocol();
  for (const identity::IdentifierType type : identity::AllIdentifierTypes()) {
    EXPECT_THAT(document, HasSubstr("`" + std::string(identity::TypeName(type)) + "`"));
  }
}

}  // namespace
}  // namespace daftar::evidence
