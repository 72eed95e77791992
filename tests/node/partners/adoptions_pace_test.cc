// How often the beginning of a new log is read of one partner.
#include "crypto/note.h"
#include "node/partners/adoptions.h"
#include "tests/node/partners/proof_fixture.h"
#include "tests/node/partners/unreached_network.h"

namespace daftar::partners {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::kIssuer;

// Reaches nobody, and remembers which logs were asked for.
class DeafNetwork final : public UnreachedNetwork {
 public:
  absl::Status ReadLog(const Partner&, const std::string& origin, uint64_t,
                       const std::function<bool(evidence::FeedBatch)>&, std::chrono::milliseconds,
                       Cancellation&) override {
    read.push_back(origin);
    return absl::UnavailableError("not reached");
  }

  std::vector<std::string> read;
};

using AdoptionsPaceTest = testing::ProofTest;

TEST_F(AdoptionsPaceTest, APartnerThatShowsAnotherNameEachTimeIsReadAsSeldom) {
  DeafNetwork network;
  Adoptions adoptions(b_->store(), b_->registry(), network, "toko-b.test");
  const Partner partner = *b_->registry().Find(kIssuer);
  const MirrorView view = b_->followers().MirrorOf(kIssuer)->View();
  Cancellation cancel;
  const auto look = [&](const std::string& origin) {
    const std::string head = crypto::Checkpoint{origin, 3, crypto::Digest()}.ToText();
    const crypto::Note note{head, {crypto::SignNote(head, origin, a_->keys().head)}};
    return adoptions.Look(partner, view, note.ToString(), cancel);
  };
  const std::string first = look("toko-a2.test");
  EXPECT_THAT(first, HasSubstr("toko-a2.test"));
  for (const char* origin : {"toko-a3.test", "toko-a4.test", "toko-a2.test"}) {
    EXPECT_EQ(look(origin), first);
  }
  EXPECT_THAT(network.read, ElementsAre("toko-a2.test"));
}

}  // namespace
}  // namespace daftar::partners
