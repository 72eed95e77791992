// Each check of docs/bundle.md, made to fail by one thing that is changed, and then alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/node/audit/verify_support.h"

namespace daftar::audit::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

// The story, with what `change` does to the log, and its bundle with what `spoil` does to it.
Verdict After(const std::function<void(TestLog&)>& change,
              const std::function<void(TestLog&, TestBundle&)>& spoil = {}, uint64_t from = 0,
              const std::vector<uint64_t>& opened = {}) {
  TestLog log;
  AddStory(log);
  if (change) change(log);
  TestBundle bundle = log.Bundle(from, kStoryEnd, opened);
  if (spoil) spoil(log, bundle);
  return Verify(log, bundle);
}

std::vector<std::string> Failed(const Verdict& verdict) {
  return Named(verdict, CheckState::kFails);
}

std::string FirstFault(const Verdict& verdict, Check check) {
  const CheckResult* result = verdict.Find(check);
  return result == nullptr || result->faults.empty() ? "" : result->faults.kept.front();
}

TEST(ManifestCheckTest, FailsForAnotherSignerAndForTheFuture) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  const Verdict other = VerifyWhole(bundle.Whole(log.head_key()), log.Policy());
  EXPECT_THAT(Failed(other), ElementsAre("manifest"));
  EXPECT_EQ(other.code, 1);
  bundle.manifest.made_at = static_cast<int64_t>(kStoryEnd + 361);
  EXPECT_THAT(Failed(Verify(log, bundle)), ElementsAre("manifest"));
  bundle.manifest.made_at = static_cast<int64_t>(kStoryEnd + 360);  // what is allowed for clocks
  EXPECT_THAT(Failed(Verify(log, bundle)), ElementsAre());
}

TEST(ManifestCheckTest, FailsForATimeBeforeTheNewestEntry) {
  TestLog log;
  AddStory(log);
  constexpr uint64_t kNewest = kStart + 2 * kDay;
  for (const bool excerpt : {false, true}) {
    const auto made_at = [&](uint64_t at) {
      TestBundle bundle = excerpt ? log.Excerpt({3, 6}, at) : log.Bundle(3, at);
      return Failed(Verify(log, bundle));
    };
    EXPECT_THAT(made_at(kNewest - 300), ElementsAre()) << excerpt;
    EXPECT_THAT(made_at(kNewest - 301), ElementsAre("manifest")) << excerpt;
  }
  // Of an excerpt the entries in `earlier` count too.
  log.AddKeys(kStart + 2 * kDay + 60);
  TestBundle excerpt = log.Excerpt({3}, kStart + 2 * kDay - 241);
  EXPECT_THAT(Failed(Verify(log, excerpt)), ElementsAre("manifest"));
}

TEST(ManifestCheckTest, FailsForATimeBeforeAWitnesssCosignature) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  bundle.manifest.made_at = static_cast<int64_t>(kStoryEnd - 300);
  EXPECT_THAT(Failed(Verify(log, bundle)), ElementsAre());
  bundle.manifest.made_at = static_cast<int64_t>(kStoryEnd - 301);
  const Verdict verdict = Verify(log, bundle);
  EXPECT_THAT(Failed(verdict), ElementsAre("manifest"));
  EXPECT_EQ(verdict.Find(Check::kManifest)->faults.kept.size(), 2u);  // two witnesses
  // A line of a key that is not in the policy says nothing.
  EXPECT_THAT(Failed(VerifyWhole(bundle.Whole(log.entry_key()),
                                 "log " + log.LogVkey() + "\nquorum none\n")),
              ElementsAre());
}

TEST(ManifestCheckTest, IsOfTheNewestEntryKey) {
  TestLog log;
  AddStory(log);
  crypto::SigningKey old = crypto::SigningKey::FromSeed(log.entry_key().ExposeSeed());
  log.ChangeEntryKey(kStart + 2 * kDay + 60);
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  EXPECT_THAT(Failed(Verify(log, bundle)), ElementsAre());
  EXPECT_THAT(Failed(VerifyWhole(bundle.Whole(old), log.Policy())), ElementsAre("manifest"));
}

TEST(FilesCheckTest, FailsForEachFileThatIsAnother) {
  TestLog log;
  AddStory(log);
  for (const auto& [name, bytes] : log.Bundle(2, kStoryEnd, {}).files) {
    TestBundle bundle = log.Bundle(2, kStoryEnd, {});
    const std::string manifest = bundle.Sign(log.entry_key());
    bundle.File(name)[bytes.size() / 2] ^= 1;
    const Verdict verdict = VerifyWhole(manifest + bundle.Contents(), log.Policy());
    EXPECT_THAT(Failed(verdict), ::testing::Contains("files")) << name;
    EXPECT_THAT(FirstFault(verdict, Check::kFiles), HasSubstr("'" + name + "'"));
  }
}

TEST(HeadCheckTest, FailsUnderAPolicyThatDoesNotNameTheLog) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  const Verdict verdict =
      VerifyWhole(bundle.Whole(log.entry_key()), "log " + log.PartnerVkey() + "\nquorum none\n");
  EXPECT_THAT(Failed(verdict), ElementsAre("head"));
  EXPECT_EQ(verdict.Find(Check::kTree)->state, CheckState::kNotChecked);
  EXPECT_EQ(verdict.Find(Check::kQuorum)->state, CheckState::kNotChecked);
}

TEST(HeadCheckTest, FailsForExtensionsAnotherSizeAndALineThatFailsOrStandsTwice) {
  const auto with_head = [](const std::function<std::string(TestLog&)>& head) {
    return Failed(
        After({}, [&](TestLog& log, TestBundle& bundle) { bundle.File("head") = head(log); }));
  };
  EXPECT_THAT(with_head([](TestLog& log) { return log.Head(6, kStoryEnd); }), ElementsAre("head"));
  EXPECT_THAT(with_head([](TestLog& log) {
                crypto::Note note;
                note.text = log.CheckpointAt(7).ToText() + "extension\n";
                note.signatures = {crypto::SignNote(note.text, kOrigin, log.head_key())};
                return note.ToString();
              }),
              ElementsAre("head"));
  EXPECT_THAT(with_head([](TestLog& log) {
                auto note = *crypto::ParseNote(log.Head(7, kStoryEnd));
                note.signatures[2].blob.back() ^= 1;  // a witness's
                return note.ToString();
              }),
              ElementsAre("head"));
  EXPECT_THAT(with_head([](TestLog& log) {
                auto note = *crypto::ParseNote(log.Head(7, kStoryEnd));
                note.signatures.push_back(crypto::Cosign(note.text, kStoryEnd - 1,
                                                         "witness.example/w1", log.witness_key()));
                return note.ToString();
              }),
              ElementsAre("head"));
  EXPECT_THAT(with_head([](TestLog& log) {
                auto note = *crypto::ParseNote(log.Head(7, kStoryEnd));
                note.signatures.erase(note.signatures.begin());  // the log's own
                return note.ToString();
              }),
              ElementsAre("head"));
}

TEST(QuorumCheckTest, FailsWhenAWitnessIsMissingOrDatedInTheFuture) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  auto note = *crypto::ParseNote(bundle.File("head"));
  note.signatures.pop_back();
  bundle.File("head") = note.ToString();
  EXPECT_THAT(Failed(Verify(log, bundle)), ElementsAre("quorum"));
  // One of the two is enough for another auditor, or none.
  for (const char* quorum : {"quorum w1\n", "quorum none\n"}) {
    EXPECT_THAT(Failed(VerifyWhole(bundle.Whole(log.entry_key()), log.Policy(quorum))),
                ElementsAre());
  }
  bundle.File("head") = log.Head(7, kStoryEnd + 361);
  bundle.manifest.made_at = static_cast<int64_t>(kStoryEnd + 61);
  EXPECT_THAT(Failed(Verify(log, bundle)), ElementsAre("quorum"));
}

// As in a policy that a partner printed, for its own use.
TEST(QuorumCheckTest, SaysThatTheLogsOwnShopIsNoWitnessOfIt) {
  TestLog log;
  AddStory(log);
  const std::string own =
      crypto::NoteKey{evidence::MirrorKeyName(kOrigin), crypto::KeyType::kCosignature,
                      log.entry_key().public_key()}
          .ToVkey();
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  const Verdict verdict =
      VerifyWhole(bundle.Whole(log.entry_key()), "log " + log.LogVkey() + "\nwitness toko-a " +
                                                     own + "\nwitness w1 " + log.WitnessVkey() +
                                                     "\ngroup more_than_half 2 toko-a w1\n"
                                                     "quorum more_than_half\n");
  EXPECT_THAT(Failed(verdict), ElementsAre("quorum"));
  EXPECT_EQ(FirstFault(verdict, Check::kQuorum),
            "The quorum 'more_than_half' is not reached: 1 of 2 witnesses in your policy cosigned "
            "the head. The witness 'toko-a' is this log's own shop, which never cosigns its own "
            "log: only its partners' cosignatures can make up the quorum.");
  auto note = *crypto::ParseNote(bundle.File("head"));
  note.signatures.pop_back();  // of a partner
  bundle.File("head") = note.ToString();
  EXPECT_EQ(FirstFault(Verify(log, bundle), Check::kQuorum),
            "The quorum 'both' is not reached: 1 of 2 witnesses in your policy cosigned the head.");
}

TEST(ConsistencyCheckTest, TellsTheRootThatAnEarlierReportHas) {
  const Verdict verdict = After({}, {}, 3);
  TestLog log;
  AddStory(log);
  EXPECT_EQ(verdict.Find(Check::kConsistency)->found,
            "The head of size 3, root " + crypto::ToBase64(log.CheckpointAt(3).root.view()) +
                ", is the beginning of that of size 7.");
}

TEST(TreeCheckTest, FailsForAnEntryThatWasAddedLeftOutOrSwapped) {
  const auto changed = [](const std::function<void(TestLog&)>& change) {
    TestLog log;
    AddStory(log);
    const std::string head = log.Head(7, kStoryEnd);
    change(log);
    TestBundle bundle = log.Bundle(0, kStoryEnd);
    bundle.File("head") = head;
    bundle.manifest.to = 7;
    return Failed(Verify(log, bundle));
  };
  EXPECT_THAT(changed([](TestLog& log) { std::swap(log.leaves()[2], log.leaves()[3]); }),
              ::testing::Contains("tree"));
  EXPECT_THAT(changed([](TestLog& log) {
                log.leaves().pop_back();
                log.bodies().pop_back();
              }),
              IsSupersetOf({"tree", "entries"}));
  // As many entries as before, and another last one.
  EXPECT_THAT(changed([](TestLog& log) {
                log.leaves().pop_back();
                log.bodies().pop_back();
                log.AddErasure(kStart + 2 * kDay + 1, 2);
              }),
              ElementsAre("tree"));
}

TEST(TreeCheckTest, FailsForAFrontierThatIsNotTheEarlierHeads) {
  for (const bool drop : {true, false}) {
    const Verdict verdict = After(
        {},
        [drop](TestLog&, TestBundle& bundle) {
          std::string& frontier = bundle.File("frontier");
          if (drop) {
            frontier.resize(frontier.size() - 32);
          } else {
            frontier[0] ^= 1;
          }
        },
        3);
    EXPECT_THAT(Failed(verdict), ElementsAre("tree"));
  }
}

TEST(ConsistencyCheckTest, FailsForAnotherProofSizeOrNote) {
  const std::vector<std::function<void(TestLog&, std::string&)>> faults = {
      [](TestLog&, std::string& text) { text.replace(0, 5, "old 4"); },
      [](TestLog&, std::string& text) {
        text.insert(text.find('\n') + 1, std::string(43, 'A') + "=\n");
      },
      [](TestLog& log, std::string& text) { text = log.Consistency(2, 7, log.Head(7, kStoryEnd)); },
      [](TestLog& log, std::string& text) {
        text = log.Consistency(3, 7, log.Head(7, kStoryEnd - 1));
      },
      [](TestLog&, std::string& text) { text.replace(0, 5, "old 03"); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    const Verdict verdict = After(
        {}, [&](TestLog& log, TestBundle& bundle) { faults[i](log, bundle.File("consistency")); },
        3);
    EXPECT_THAT(Failed(verdict), ElementsAre("consistency")) << i;
  }
}

TEST(EntriesCheckTest, FailsForBytesLeftOverAndPlacesTimesAndOrigins) {
  EXPECT_THAT(
      Failed(After({}, [](TestLog&, TestBundle& bundle) { bundle.File("entries") += "x"; })),
      ElementsAre("entries"));
  EXPECT_THAT(
      Failed(After(
          {}, [](TestLog&, TestBundle& bundle) { bundle.File("bodies") += std::string(9, '\0'); })),
      ElementsAre("entries"));
  const auto appended = [](const std::function<void(evidence::Header&)>& change) {
    return Failed(After([&](TestLog& log) {
      evidence::Header header = TestLog::HeaderOf(EntryKind::kErasure, kStart + 2 * kDay + 90, 3);
      header.ground = evidence::ErasureGround::kRequest;
      header.index = log.leaves().size();
      header.origin = kOrigin;
      change(header);
      log.bodies()[3].reset();
      log.AppendRaw(evidence::SignHeader(header, log.entry_key()).Leaf(), {});
    }));
  };
  EXPECT_THAT(appended([](evidence::Header&) {}), ElementsAre());
  EXPECT_THAT(appended([](evidence::Header& header) { header.index = 9; }), ElementsAre("entries"));
  EXPECT_THAT(appended([](evidence::Header& header) { header.origin = "toko-c.example/daftar"; }),
              ::testing::Contains("entries"));
  EXPECT_THAT(appended([](evidence::Header& header) { header.issued_at = kStart + 2 * kDay - 1; }),
              ElementsAre("entries"));
  EXPECT_THAT(appended([](evidence::Header& header) { header.issued_at = kStoryEnd + 361; }),
              ElementsAre("manifest", "entries"));
}

TEST(KeysCheckTest, FailsForALogThatDoesNotBeginWithKeys) {
  TestLog log;
  log.AddCharter(kStart);
  log.AddKeys(kStart);
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  const Verdict verdict = Verify(log, bundle);
  EXPECT_THAT(Failed(verdict), ElementsAre("keys"));
  EXPECT_EQ(verdict.Find(Check::kManifest)->state, CheckState::kNotChecked);
}

TEST(KeysCheckTest, FailsForKeysThatTheKeyBeforeDidNotSign) {
  EXPECT_THAT(Failed(After([](TestLog& log) {
                log.Append(TestLog::HeaderOf(EntryKind::kKeys, kStart + 2 * kDay + 60),
                           log.Keys().Encode(), log.head_key());
              })),
              ElementsAre("keys"));
  EXPECT_THAT(Failed(After([](TestLog& log) { log.ChangeEntryKey(kStart + 2 * kDay + 60); })),
              ElementsAre());
  // A new epoch keeps the entry key.
  EXPECT_THAT(Failed(After([](TestLog& log) { log.AddKeys(kStart + 2 * kDay + 60); })),
              ElementsAre());
}

TEST(KeysCheckTest, FailsForAHeadKeyThatNoKeysNamesAndForTheOwnLine) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  const std::string text = log.CheckpointAt(7).ToText();
  crypto::Note note;
  note.text = text;
  const crypto::SigningKey stranger = crypto::SigningKey::Generate(log.entropy());
  note.signatures = {crypto::SignNote(text, kOrigin, stranger)};
  bundle.File("head") = note.ToString();
  const std::string vkey =
      crypto::NoteKey{kOrigin, crypto::KeyType::kEd25519, stranger.public_key()}.ToVkey();
  EXPECT_THAT(Failed(VerifyWhole(bundle.Whole(log.entry_key()), "log " + vkey + "\nquorum none\n")),
              ElementsAre("keys"));
  auto own = *crypto::ParseNote(log.Head(7, kStoryEnd));
  own.signatures[1].blob.back() ^= 1;
  bundle.File("head") = own.ToString();
  EXPECT_THAT(Failed(Verify(log, bundle)), ElementsAre("keys"));
}

TEST(KeysCheckTest, TakesOneOfTheHeadKeysThatSignedTheHead) {
  TestLog log;
  AddStory(log);
  TestBundle bundle = log.Bundle(0, kStoryEnd);
  const std::string text = log.CheckpointAt(7).ToText();
  const crypto::SigningKey stranger = crypto::SigningKey::Generate(log.entropy());
  const std::string vkey =
      crypto::NoteKey{kOrigin, crypto::KeyType::kEd25519, stranger.public_key()}.ToVkey();
  const std::string policy = "log " + log.LogVkey() + "\nlog " + vkey + "\nquorum none\n";
  crypto::Note note;
  note.text = text;
  note.signatures = {crypto::SignNote(text, kOrigin, log.head_key()),
                     crypto::SignNote(text, kOrigin, stranger)};
  for (int order = 0; order < 2; ++order) {
    bundle.File("head") = note.ToString();
    EXPECT_THAT(Failed(VerifyWhole(bundle.Whole(log.entry_key()), policy)), ElementsAre()) << order;
    std::swap(note.signatures[0], note.signatures[1]);
  }
  note.signatures.pop_back();
  note.signatures[0] = crypto::SignNote(text, kOrigin, stranger);
  bundle.File("head") = note.ToString();
  EXPECT_THAT(Failed(VerifyWhole(bundle.Whole(log.entry_key()), policy)), ElementsAre("keys"));
}

TEST(KeysCheckTest, FailsForAnEntryKeyWithTheIdOfAnEarlierOne) {
  const auto key_of = [](uint32_t number) {
    crypto::Writer writer;
    for (size_t i = sizeof number; i < crypto::Secret32::kSize; ++i) writer.U8(0);
    writer.U32(number);
    return crypto::SigningKey::FromSeed(*crypto::Secret32::Create(writer.bytes()));
  };
  // Found by trying: the IDs of their entry keys under kOrigin are one, 685801b2.
  constexpr uint32_t kFirst = 79'900;
  constexpr uint32_t kSecond = 93'231;
  ASSERT_EQ(evidence::EntryKeyId(kOrigin, key_of(kFirst).public_key()),
            evidence::EntryKeyId(kOrigin, key_of(kSecond).public_key()));
  for (const uint32_t third : {kFirst, kSecond}) {  // the same key may come again
    TestLog log;
    log.entry_key() = key_of(kFirst);
    AddStory(log);
    log.ChangeEntryKey(kStart + 2 * kDay + 60);
    const crypto::SigningKey between = crypto::SigningKey::FromSeed(log.entry_key().ExposeSeed());
    log.entry_key() = key_of(third);
    log.Append(TestLog::HeaderOf(EntryKind::kKeys, kStart + 2 * kDay + 90), log.Keys().Encode(),
               between);
    TestBundle bundle = log.Bundle(0, kStoryEnd);
    const std::vector<std::string> failed =
        third == kFirst ? std::vector<std::string>() : std::vector<std::string>{"keys"};
    EXPECT_EQ(Failed(Verify(log, bundle)), failed) << third;
  }
}

TEST(KeysCheckTest, AnAdoptionBeginsALogAndStandsNowhereElse) {
  const auto adoption = [](TestLog& log, uint64_t at) {
    evidence::AdoptionBody body;
    body.salt = log.entropy().Public<evidence::Salt>();
    body.old_origin = "toko-a.example/old";
    body.size = 3;
    log.Append(TestLog::HeaderOf(EntryKind::kAdoption, at), body.Encode(), log.entry_key());
  };
  TestLog log;
  adoption(log, kStart);
  AddStory(log);
  // The reports of the story stand one later than it says.
  EXPECT_THAT(Failed(After([&](TestLog& story) { adoption(story, kStart + 2 * kDay + 60); })),
              ElementsAre("keys"));
  TestLog begun;
  adoption(begun, kStart);
  begun.AddKeys(kStart);
  begun.AddCharter(kStart);
  TestBundle bundle = begun.Bundle(0, kStoryEnd);
  EXPECT_THAT(Failed(Verify(begun, bundle)), ElementsAre());
  TestLog without;
  adoption(without, kStart);
  without.AddCharter(kStart);
  TestBundle bad = without.Bundle(0, kStoryEnd);
  EXPECT_THAT(Failed(Verify(without, bad)), ElementsAre("keys"));
}

TEST(SignaturesCheckTest, FailsForAnEntryThatAnotherKeySigned) {
  const Verdict verdict = After([](TestLog& log) {
    const evidence::UpdateBody body =
        evidence::SealUpdate(EntryKind::kSettlement, evidence::SettlementFacts{Day("2026-10-02")},
                             kOrigin, log.KeyOf(3), log.entropy());
    log.Append(TestLog::HeaderOf(EntryKind::kSettlement, kStart + 2 * kDay + 60, 3), body.Encode(),
               log.head_key());
  });
  EXPECT_THAT(Failed(verdict), ElementsAre("signatures"));
  EXPECT_THAT(FirstFault(verdict, Check::kSignatures), HasSubstr("Entry 7"));
}

// As the second verifier has it: the signature of a KEYS is a matter of `keys`.
TEST(SignaturesCheckTest, OfKeysAloneIsNotChecked) {
  TestLog log;
  log.AddKeys(kStart);
  TestBundle whole = log.Bundle(0, kStoryEnd);
  TestBundle excerpt = log.Excerpt({0}, kStoryEnd);
  log.AddKeys(kStart + 60);
  TestBundle from = log.Bundle(1, kStoryEnd);
  for (TestBundle* bundle : {&whole, &excerpt, &from}) {
    const Verdict verdict = Verify(log, *bundle);
    EXPECT_EQ(verdict.code, 0) << Text(verdict);
    EXPECT_EQ(verdict.Find(Check::kKeys)->state, CheckState::kHolds) << Text(verdict);
    const CheckResult& signatures = *verdict.Find(Check::kSignatures);
    EXPECT_EQ(signatures.state, CheckState::kNotChecked) << Text(verdict);
    EXPECT_THAT(signatures.left_out.kept, ElementsAre(HasSubstr("judged with the keys")));
  }
  log.AddCharter(kStart + 90);
  TestBundle more = log.Bundle(0, kStoryEnd);
  EXPECT_EQ(Verify(log, more).Find(Check::kSignatures)->found, "1 signature.");
}

TEST(BodiesCheckTest, FailsForABodyThatDoesNotFitOrShouldBeGone) {
  EXPECT_THAT(Failed(After([](TestLog& log) { log.bodies()[3]->back() ^= 1; })),
              ElementsAre("bodies"));
  EXPECT_THAT(Failed(After([](TestLog& log) { log.bodies()[6] = Bytes{1}; })),
              ElementsAre("bodies"));
  TestLog log;
  AddStory(log);
  TestLog kept;
  kept.AddKeys(kStart);
  kept.AddCharter(kStart);
  kept.AddReport(kStart + 60, PlainFacts());
  const Bytes body = *kept.bodies()[2];
  kept.AddErasure(kStart + 120, 2);
  kept.bodies()[2] = body;
  TestBundle bundle = kept.Bundle(0, kStoryEnd);
  EXPECT_THAT(Failed(Verify(kept, bundle)), ElementsAre("bodies"));
}

TEST(ErasuresCheckTest, FailsForAMissingBodyThatNoErasureExplains) {
  EXPECT_THAT(Failed(After([](TestLog& log) { log.bodies()[3].reset(); })),
              ElementsAre("erasures"));
  EXPECT_THAT(Failed(After([](TestLog& log) { log.bodies()[1].reset(); })),
              ::testing::Contains("erasures"));
  TestLog log;
  AddStory(log);
  log.bodies()[3].reset();
  TestBundle excerpt = log.Excerpt({3, 6}, kStoryEnd);
  EXPECT_THAT(Failed(Verify(log, excerpt)), ElementsAre("erasures"));
  TestBundle unexplained = log.Excerpt({2}, kStoryEnd);
  EXPECT_THAT(Failed(Verify(log, unexplained)), ElementsAre("erasures"));
}

TEST(OrderCheckTest, FailsForWhatMayNotFollow) {
  const auto then = [](const std::function<void(TestLog&)>& add) { return Failed(After(add)); };
  const uint64_t late = kStart + 2 * kDay + 60;
  EXPECT_THAT(then([&](TestLog& log) { log.AddErasure(late, 2); }), ElementsAre("order"));
  EXPECT_THAT(then([&](TestLog& log) {
                log.AddUpdate(EntryKind::kResolution, late, 3,
                              evidence::ResolutionFacts{false, Day("2026-10-02")});
              }),
              ElementsAre("order"));
  EXPECT_THAT(then([&](TestLog& log) {
                for (int i = 0; i < 2; ++i) {
                  log.AddUpdate(
                      EntryKind::kDispute, late + static_cast<uint64_t>(i), 3,
                      evidence::DisputeFacts{evidence::DisputedBy::kShop, Day("2026-10-02")});
                }
              }),
              ElementsAre("order"));
  // About what is no REPORT.
  EXPECT_THAT(then([&](TestLog& log) { log.AddErasure(late, 4); }), ::testing::Contains("order"));
}

TEST(OrderCheckTest, FailsForAnEntryOfTheReportsOwnTick) {
  TestLog log;
  log.AddKeys(kStart);
  log.AddCharter(kStart);
  log.AddReport(kStart + 60, PlainFacts());
  log.AddUpdate(EntryKind::kSettlement, kStart + 60, 2,
                evidence::SettlementFacts{Day("2026-10-01")});
  TestBundle bundle = log.Bundle(0, kStart + 120);
  EXPECT_THAT(Failed(Verify(log, bundle)), ElementsAre("order"));
}

TEST(OrderCheckTest, FailsForReportsOfATickThatTellTheirOrder) {
  for (const bool sorted : {true, false}) {
    TestLog log;
    log.AddKeys(kStart);
    log.AddCharter(kStart);
    log.AddReport(kStart + 60, PlainFacts());
    log.AddReport(kStart + 60, PlainFacts());
    const auto first = evidence::SignedHeader::DecodeLeaf(log.leaves()[2])->header.commitment;
    const auto second = evidence::SignedHeader::DecodeLeaf(log.leaves()[3])->header.commitment;
    if ((first < second) != sorted) {
      // The same two the other way round.
      const Bytes a = *log.bodies()[2];
      const Bytes b = *log.bodies()[3];
      log.leaves().resize(2);
      log.bodies().resize(2);
      log.Append(TestLog::HeaderOf(EntryKind::kReport, kStart + 60), b, log.entry_key());
      log.Append(TestLog::HeaderOf(EntryKind::kReport, kStart + 60), a, log.entry_key());
    }
    TestBundle bundle = log.Bundle(0, kStoryEnd);
    EXPECT_EQ(Failed(Verify(log, bundle)).empty(), sorted);
  }
}

TEST(CosignersCheckTest, FailsForAPartnersHeadThatItDidNotSign) {
  EXPECT_THAT(Failed(After({},
                           [](TestLog& log, TestBundle& bundle) {
                             auto note = *crypto::ParseNote(log.PartnerNote());
                             note.signatures[0].blob.back() ^= 1;
                             crypto::Writer writer;
                             writer.Prefixed32(crypto::AsBytes(note.ToString()));
                             bundle.File("cosigners") = TestLog::Text(writer.bytes());
                           })),
              ElementsAre("cosigners"));
  EXPECT_THAT(Failed(After({},
                           [](TestLog&, TestBundle& bundle) {
                             bundle.File("cosigners") += bundle.File("cosigners");
                           })),
              ElementsAre("cosigners"));
}

TEST(InclusionCheckTest, FailsForAProofOfAnotherEntryHeadOrTree) {
  const auto spoilt = [](const std::function<void(TestLog&, TestBundle&)>& spoil) {
    TestLog log;
    AddStory(log);
    TestBundle bundle = log.Excerpt({3, 6}, kStoryEnd);
    spoil(log, bundle);
    return Failed(Verify(log, bundle));
  };
  EXPECT_THAT(spoilt([](TestLog&, TestBundle&) {}), ElementsAre());
  EXPECT_THAT(spoilt([](TestLog&, TestBundle& bundle) {
                std::swap(bundle.File("entry-3.tlog-proof"), bundle.File("entry-6.tlog-proof"));
              }),
              ElementsAre("inclusion"));
  EXPECT_THAT(spoilt([](TestLog& log, TestBundle& bundle) {
                bundle.File("entry-3.tlog-proof") =
                    TlogProof{3, log.Inclusion(3, 7), log.Head(7, kStoryEnd - 5)}.ToText();
              }),
              ElementsAre("inclusion"));
  EXPECT_THAT(
      spoilt([](TestLog& log, TestBundle& bundle) {
        auto proof = log.Inclusion(3, 7);
        proof.pop_back();
        bundle.File("entry-3.tlog-proof") = TlogProof{3, proof, bundle.File("head")}.ToText();
      }),
      ElementsAre("inclusion"));
  EXPECT_THAT(spoilt([](TestLog&, TestBundle& bundle) { bundle.File("earlier").back() ^= 1; }),
              ElementsAre("inclusion"));
}

TEST(ChartersCheckTest, FailsForACharterThatIsNoneOfAnotherCircleOrNotStated) {
  const auto with = [](const std::string& text, bool stated) {
    return Failed(After([&](TestLog& log) {
      log.AddCharter(kStart + 2 * kDay + 60, text);
      if (!stated) {
        log.leaves().pop_back();
        log.bodies().pop_back();
      }
    }));
  };
  std::string other = CharterText();
  other.replace(other.find("Circle of"), 6, "Ring  ");
  EXPECT_THAT(with(other, true), ElementsAre());
  EXPECT_THAT(with(other, false), ElementsAre("charters"));
  std::string elsewhere = CharterText();
  elsewhere.replace(elsewhere.find("0001"), 4, "ffff");
  EXPECT_THAT(with(elsewhere, true), ElementsAre("charters"));
  EXPECT_THAT(with("version = 7\n", true), ElementsAre("charters"));
}

}  // namespace
}  // namespace daftar::audit::testing
