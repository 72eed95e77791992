// A person's report as a document: what it says, and that nothing in it can do harm.
#include "cli/subject_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <sstream>

#include "cli/subject_words.h"
#include "tests/cli/subject_sample.h"
#include "tests/node/decision/language_words.h"

namespace daftar::cli {
namespace {

using decision::Language;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string TextOf(const v1::SubjectReport& report, Language language) {
  std::ostringstream out;
  Print(out, DocumentOf(report, language));
  return out.str();
}

std::string HtmlOf(const v1::SubjectReport& report, Language language = Language::kEnglish) {
  return ToHtml(DocumentOf(report, language));
}

// With DAFTAR_WRITE_SNAPSHOTS set the file is written instead, to be looked at and committed.
void ExpectSnapshot(const std::string& name, const std::string& made) {
  const std::string path = std::string(DAFTAR_SOURCE_DIR "/tests/cli/snapshots/") + name;
  if (getenv("DAFTAR_WRITE_SNAPSHOTS") != nullptr) {
    std::ofstream(path, std::ios::binary) << made;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string kept{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(made, kept) << path;
}

TEST(SubjectDocumentTest, TheReportReadsWellInEveryLanguage) {
  for (const Language language : decision::kLanguages) {
    const std::string name = "subject_report." + std::string(decision::LanguageName(language));
    ExpectSnapshot(name + ".html", HtmlOf(SampleReport(), language));
    ExpectSnapshot(name + ".txt", TextOf(SampleReport(), language));
  }
}

// What the shop itself wrote, and names, stay in their own language.
TEST(SubjectDocumentTest, NoWordOfItsOwnIsInAnotherLanguage) {
  v1::SubjectReport report = SampleReport();
  report.clear_purpose();
  report.clear_circle();
  report.clear_shop();
  report.clear_customers();
  report.clear_decisions();
  for (auto& incident : *report.mutable_incidents()) {
    incident.clear_note();
    for (auto& change : *incident.mutable_changes()) change.clear_because();
  }
  for (auto& partner : *report.mutable_partners()) partner.clear_name();
  for (auto& copy : *report.mutable_incidents(0)->mutable_changes(1)->mutable_copies()) {
    copy.set_partner("b.example");
  }
  std::string text = TextOf(report, Language::kMalay);
  for (size_t at = 0; (at = text.find("toko-")) != std::string::npos;) text.replace(at, 5, "b");
  EXPECT_THAT(decision::ForeignWords(Language::kMalay, text), IsEmpty());
}

TEST(SubjectDocumentTest, ADisputeThatAPartnerPassedOnIsToldAsOne) {
  v1::SubjectReport report = SampleReport();
  auto& change = *report.mutable_incidents(0)->mutable_changes(2);
  change.set_through_partner(true);
  change.set_because("the node's own note");
  const std::string words[] = {"for you, through a partner", "atas nama Anda, melalui mitra",
                               "bagi pihak anda, melalui rakan kongsi"};
  const Language languages[] = {Language::kEnglish, Language::kIndonesian, Language::kMalay};
  for (size_t i = 0; i < std::size(words); ++i) {
    EXPECT_THAT(TextOf(report, languages[i]), HasSubstr(words[i]));
    EXPECT_THAT(TextOf(report, languages[i]), Not(HasSubstr("the node's own note")));
    EXPECT_THAT(TextOf(SampleReport(), languages[i]), Not(HasSubstr(words[i])));
  }
}

TEST(SubjectDocumentTest, WhatTheNodeNotesByItselfIsInTheLanguageOfTheReport) {
  const std::pair<const char*, const char*> remarks[] = {
      {"withdrawn", "settled; the charter's period to withdraw it is over"},
      {"withdrawn", "the dispute was not resolved in the charter's period"},
      {"erased", "withdrawn; the charter's period to erase it is over"},
      {"expired", "the charter's retention is over"},
      {"publish asked", "the hold is over"},
      {"not published", "Give the customer notice first."}};
  for (const auto& [action, because] : remarks) {
    v1::SubjectReport report = SampleReport();
    auto& change = *report.mutable_incidents(1)->add_changes();
    change.set_at("2026-09-01T00:00:00.000Z");
    change.set_action(action);
    change.set_by_node(true);
    change.set_because(because);
    EXPECT_THAT(TextOf(report, Language::kEnglish), HasSubstr(because));
    for (const Language language : {Language::kIndonesian, Language::kMalay}) {
      EXPECT_THAT(TextOf(report, language), Not(HasSubstr(because)));
    }
    // A person's own words stay as they are.
    change.set_by_node(false);
    EXPECT_THAT(TextOf(report, Language::kMalay), HasSubstr(because));
  }
  EXPECT_EQ(NodeRemarkIn(remarks[1].second, Language::kIndonesian),
            "keberatan tidak diputuskan pada waktunya");
  EXPECT_EQ(NodeRemarkIn(remarks[1].second, Language::kMalay),
            "bantahan tidak diputuskan dalam tempohnya");
}

// It is the report that they have, whoever asked for it or let it go out.
TEST(SubjectDocumentTest, WhoWasToldOfTheReportIsNotToldOfItsApproval) {
  for (const char* action : {"approved", "publish asked"}) {
    EXPECT_EQ(EntryIn(action, Language::kEnglish), "the report");
    EXPECT_EQ(EntryIn(action, Language::kIndonesian), "laporannya");
    EXPECT_EQ(EntryIn(action, Language::kMalay), "laporan itu");
  }
  EXPECT_EQ(EntryIn("settled", Language::kEnglish), "noted as settled");
  const std::string text = TextOf(SampleReport(), Language::kEnglish);
  EXPECT_GT(text.find("toko-b.example  the report"), text.find("Who was told"));
}

// Whom nobody asked stands in the same part.
TEST(SubjectDocumentTest, NotEveryPartnerIsSaidToHaveBeenAsked) {
  EXPECT_THAT(TextOf(SampleReport(), Language::kEnglish), Not(HasSubstr("each of them")));
  EXPECT_THAT(HtmlOf(SampleReport()), HasSubstr("Unless something else is said below"));
}

TEST(SubjectDocumentTest, WhoWasToldAndIsNotActiveNowIsSaidSo) {
  v1::SubjectReport report = SampleReport();
  auto& shared = *report.mutable_incidents(0)->mutable_changes(1);
  shared.mutable_copies(0)->set_pairing("suspended");
  shared.mutable_copies(1)->set_pairing("removed");
  const auto has = [&](Language language, const char* suspended, const char* removed) {
    EXPECT_THAT(TextOf(report, language), HasSubstr(suspended));
    EXPECT_THAT(TextOf(report, language), HasSubstr(removed));
  };
  has(Language::kEnglish, "toko-b.example (suspended now)", "toko-c.example (a partner no more)");
  has(Language::kIndonesian, "toko-b.example (kini ditangguhkan)",
      "toko-c.example (bukan lagi mitra)");
  has(Language::kMalay, "toko-b.example (kini digantung)",
      "toko-c.example (bukan lagi rakan kongsi)");
  // Who is active has no mark.
  shared.mutable_copies(0)->set_pairing("active");
  EXPECT_THAT(TextOf(report, Language::kEnglish), Not(HasSubstr("suspended now")));
}

TEST(SubjectDocumentTest, WhatCouldNotBeAskedIsNotSaidToBeNothing) {
  v1::SubjectReport report = SampleReport();
  const std::string text = TextOf(report, Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("Could not be asked now (cannot be reached)."));
  // Of B and C nothing such is said, of D it is.
  EXPECT_EQ(text.find("Nothing is on record"), text.rfind("Nothing is on record"));
  EXPECT_GT(text.find("Nothing is on record"), text.find("Toko D"));
}

TEST(SubjectDocumentTest, WhatNeverLeavesTheShopIsSaidToBeSharedWithNobody) {
  EXPECT_THAT(TextOf(SampleReport(), Language::kEnglish),
              HasSubstr("with nobody: what is noted for this reason never leaves the shop"));
}

TEST(SubjectDocumentTest, OfWhatWasErasedOnlyThatAndWhen) {
  v1::SubjectReport report = SampleReport();
  report.mutable_incidents()->DeleteSubrange(0, 2);
  const std::string text = TextOf(report, Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("This was erased."));
  EXPECT_THAT(text, HasSubstr("27 November 2026"));
  EXPECT_THAT(text, Not(HasSubstr("Code of the notice")));
  EXPECT_THAT(text, Not(HasSubstr("hold a copy")));
}

TEST(SubjectDocumentTest, WhatIsOfNoPartnerAnyMoreIsSaidSo) {
  const std::string text = TextOf(SampleReport(), Language::kEnglish);
  EXPECT_GT(text.find("has suspended this partner"), text.find("Toko E"));
  EXPECT_GT(text.find("is a partner no more"), text.find("Toko F"));
  // The copy of F cannot be searched, that of E can.
  EXPECT_GT(text.find("cannot be searched"), text.find("Toko F"));
  EXPECT_EQ(text.find("cannot be searched"), text.rfind("cannot be searched"));
  EXPECT_EQ(text.find("Could not be asked now"), text.rfind("Could not be asked now"));
}

TEST(SubjectDocumentTest, EveryStateOfWhatWasAskedAndPassedOnHasItsWords) {
  for (const Language language : decision::kLanguages) {
    for (const char* state :
         {"asking", "waiting", "refused", "lapsed", "fetched", "over", "rejected"}) {
      EXPECT_NE(AskedProofStateIn(state, language), state);
    }
    for (const char* state : {"waiting", "disputed", "resolved", "ended", "refused"}) {
      EXPECT_NE(PassedOnStateIn(state, false, language), state);
    }
    EXPECT_NE(PassedOnStateIn("waiting", true, language),
              PassedOnStateIn("waiting", false, language));
  }
}

// What was asked and passed on names a report: what no lookup can find any more is not denied.
TEST(SubjectDocumentTest, WhatWasNotFoundIsNotSaidNeverToHaveBeen) {
  const auto has = [](Language language, const char* text) {
    EXPECT_THAT(TextOf({}, language), HasSubstr(text));
  };
  has(Language::kEnglish, "Under what this shop knows of you, no request for proof can be found");
  has(Language::kEnglish, "Under what this shop knows of you, no objection can be found");
  has(Language::kIndonesian,
      "Dengan data Anda yang diketahui toko ini, tidak ditemukan permintaan bukti");
  has(Language::kIndonesian, "Dengan data Anda yang diketahui toko ini, tidak ditemukan keberatan");
  has(Language::kMalay, "Dengan butiran anda yang diketahui kedai ini, tidak ditemui permintaan");
  has(Language::kMalay, "Dengan butiran anda yang diketahui kedai ini, tidak ditemui bantahan");
}

TEST(SubjectDocumentTest, AnEmptyReportSaysSo) {
  const std::string text = TextOf({}, Language::kEnglish);
  EXPECT_THAT(text, HasSubstr("This shop holds nothing about this identifier."));
  EXPECT_THAT(text, HasSubstr("This shop has no partners."));
  EXPECT_THAT(text, HasSubstr("no request for proof can be found."));
  EXPECT_THAT(text, HasSubstr("no objection can be found that it passed on."));
  EXPECT_THAT(text, HasSubstr("How to object"));
}

// Whoever names a customer, a partner or a file could write what a browser obeys.
TEST(SubjectDocumentTest, NoTextBecomesMarkup) {
  constexpr char kHostile[] = "</dd><script>alert(1)</script>\" onload='x' & \xE2\x80\xAEgnp.exe";
  v1::SubjectReport report = SampleReport();
  report.set_shop(kHostile);
  report.set_circle(kHostile);
  report.set_identifier(kHostile);
  report.mutable_customers(0)->set_name(kHostile);
  report.mutable_customers(0)->add_groups(kHostile);
  report.mutable_orders(0)->set_invoice(kHostile);
  report.mutable_orders(0)->set_outcome(kHostile);
  report.mutable_incidents(0)->set_note(kHostile);
  report.mutable_incidents(0)->set_reason(kHostile);
  report.mutable_incidents(0)->set_state(kHostile);
  report.mutable_incidents(0)->set_occurred(kHostile);
  report.mutable_incidents(0)->mutable_changes(1)->mutable_copies(0)->set_partner(kHostile);
  report.mutable_decisions(0)->set_because(kHostile);
  report.mutable_partners(0)->set_name(kHostile);
  report.mutable_partners(1)->set_error(kHostile);
  report.mutable_asked_proof(0)->set_state(kHostile);
  report.mutable_asked_proof(0)->add_kinds(kHostile);
  report.mutable_passed_on(0)->set_partner(kHostile);
  report.mutable_passed_on(1)->set_state(kHostile);
  const std::string html = HtmlOf(report);
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("\" onload")));
  EXPECT_THAT(html, Not(HasSubstr("onload='")));
  EXPECT_THAT(html, Not(HasSubstr("\xE2\x80\xAE")));
  EXPECT_THAT(html, HasSubstr("&lt;/dd&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x"
                              "&#39; &amp; ?gnp.exe"));
}

TEST(SubjectDocumentTest, ThePageNeedsNothingFromElsewhere) {
  const std::string html = HtmlOf(SampleReport(), Language::kIndonesian);
  EXPECT_THAT(html, HasSubstr("<html lang=\"id\">"));
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  for (const char* outside : {"http://", "https://", "src=", "href=", "url(", "@import"}) {
    EXPECT_THAT(html, Not(HasSubstr(outside))) << outside;
  }
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\">"));
}

TEST(DocumentTest, ColumnsThatAreEmptyEverywhereAreLeftOut) {
  const DocumentTable table{"T", {}, {"A", "B", "C"}, {{"1", "", "3"}, {"4", "", ""}}};
  const DocumentTable kept = WithoutEmptyColumns(table);
  EXPECT_EQ(kept.header, (std::vector<std::string>{"A", "C"}));
  EXPECT_EQ(kept.rows[1], (std::vector<std::string>{"4", ""}));
}

}  // namespace
}  // namespace daftar::cli
