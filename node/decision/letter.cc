#include "node/decision/letter.h"

#include <optional>
#include <string_view>

#include "crypto/utf8.h"
#include "node/decision/text.h"
#include "node/decision/texts.h"
#include "node/decision/wording.h"

namespace daftar::decision {
namespace {

absl::Status CheckLine(const std::string& field, std::string_view text, size_t max_bytes) {
  if (text.size() > max_bytes) {
    return absl::InvalidArgumentError(field + " has " + std::to_string(text.size()) +
                                      " bytes; at most " + std::to_string(max_bytes) +
                                      " fit into a letter");
  }
  if (IsOneLine(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      field + " must be one line of UTF-8 without control characters or direction marks");
}

absl::Status CheckNeeded(const std::string& field, std::string_view text, size_t max_bytes) {
  if (IsBlank(text)) return absl::InvalidArgumentError(field + " is empty; the letter needs it");
  return CheckLine(field, text, max_bytes);
}

absl::Status CheckFields(const LetterFields& fields) {
  if (!fields.date.has_value()) {
    return absl::InvalidArgumentError("date is missing; the letter needs one");
  }
  absl::Status status = CheckNeeded("the shop's name", fields.shop, kMaxLetterNameBytes);
  if (status.ok()) status = CheckLine("the customer's name", fields.customer, kMaxLetterNameBytes);
  if (status.ok()) status = CheckLine("the signature", fields.signature, kMaxLetterNameBytes);
  if (status.ok() && fields.alternatives.size() > kMaxLetterAlternatives) {
    status = absl::InvalidArgumentError(
        "alternatives are " + std::to_string(fields.alternatives.size()) + "; at most " +
        std::to_string(kMaxLetterAlternatives) + " fit into a letter");
  }
  for (size_t i = 0; status.ok() && i < fields.alternatives.size(); ++i) {
    status = CheckNeeded("alternative " + std::to_string(i + 1), fields.alternatives[i],
                         kMaxLetterAlternativeBytes);
  }
  return status;
}

absl::Status CheckInstalments(evidence::Date date, std::span<const Instalment> instalments) {
  if (instalments.size() < kMinLetterInstalments || instalments.size() > kMaxLetterInstalments) {
    return absl::InvalidArgumentError("instalments are " + std::to_string(instalments.size()) +
                                      "; a plan has " + std::to_string(kMinLetterInstalments) +
                                      " to " + std::to_string(kMaxLetterInstalments));
  }
  for (size_t i = 0; i < instalments.size(); ++i) {
    const auto& [due, amount] = instalments[i];
    const std::string name = "instalment " + std::to_string(i + 1);
    if (!due.has_value() || due < date) {
      return absl::InvalidArgumentError(name + " needs a date that is not before the letter's");
    }
    if (i > 0 && due <= instalments[i - 1].first) {
      return absl::InvalidArgumentError(name + " must be later than the one before");
    }
    if (!amount.currency.has_value() || amount.currency != instalments[0].second.currency) {
      return absl::InvalidArgumentError(name + " needs the same currency as the others");
    }
    if (amount.minor == 0 || amount.minor > evidence::kMaxMinorUnits) {
      return absl::InvalidArgumentError(name + " needs an amount above zero and at most " +
                                        std::to_string(evidence::kMaxMinorUnits) + " minor units");
    }
  }
  return absl::OkStatus();
}

// "The circle has 5 other members at present."
std::string OthersText(Language language, size_t members) {
  if (members == 0) return std::string(Words(language, Text::kNoticeNoOther));
  if (members == 1) return std::string(Words(language, Text::kNoticeOneOther));
  return Fill(language, Text::kNoticeOthers, {std::to_string(members)});
}

size_t Columns(std::string_view text) {
  size_t columns = 0;
  while (crypto::TakeCodePoint(text).has_value()) ++columns;
  return columns;
}

// Puts a letter together, paragraph by paragraph.
class Page {
 public:
  explicit Page(Language language) : language_(language) {}

  void Say(Text text) { Paragraph(std::string(Words(language_, text))); }
  void Say(Text text, const std::string& argument) { Paragraph(Fill(language_, text, {argument})); }
  void Paragraph(std::string_view text) {
    if (!out_.empty()) out_ += '\n';
    Line(text);
  }
  // Right below what was there before.
  void Line(std::string_view text) { Wrap(text, "", ""); }
  void Items(const std::vector<std::string>& items) {
    out_ += '\n';
    for (const std::string& item : items) Wrap(item, "  - ", "    ");
  }
  void Open(const LetterFields& fields) {
    Paragraph(fields.shop);
    Line(DateText(language_, fields.date));
    if (IsBlank(fields.customer)) {
      Say(Text::kLetterDearCustomer);
    } else {
      Say(Text::kLetterDear, std::string(Trimmed(fields.customer)));
    }
  }
  std::string Close(const LetterFields& fields) {
    Say(Text::kLetterRegards);
    // The shop is named once, also where it signs with its own name.
    if (IsBlank(fields.signature) || Trimmed(fields.signature) == Trimmed(fields.shop)) {
      Paragraph(fields.shop);
    } else {
      Paragraph(fields.signature);
      Line(fields.shop);
    }
    return std::move(out_);
  }

 private:
  void Wrap(std::string_view text, std::string_view first, std::string_view next) {
    std::string line(first);
    size_t columns = first.size();
    bool fresh = true;
    for (text = Trimmed(text); !text.empty(); text = Trimmed(text)) {
      const std::string_view word = text.substr(0, text.find(' '));
      text.remove_prefix(word.size());
      const size_t width = Columns(word);
      if (!fresh && columns + 1 + width > kLetterColumns) {
        out_ += line + "\n";
        line = next;
        columns = next.size();
        fresh = true;
      }
      if (!fresh) line += ' ';
      line += word;
      columns += width + (fresh ? 0 : 1);
      fresh = false;
    }
    out_ += line + "\n";
  }

  const Language language_;
  std::string out_;
};

}  // namespace

absl::StatusOr<std::string> PartingLetter(Language language, const LetterFields& fields) {
  if (absl::Status status = CheckFields(fields); !status.ok()) return status;
  Page page(language);
  page.Open(fields);
  page.Say(Text::kLetterThanks, fields.shop);
  page.Say(Text::kLetterPart);
  page.Say(Text::kLetterSorry);
  if (fields.alternatives.empty()) {
    page.Say(Text::kLetterGeneral);
  } else {
    page.Say(Text::kLetterAlternatives);
    page.Items(fields.alternatives);
  }
  page.Say(Text::kLetterWishes);
  return page.Close(fields);
}

absl::StatusOr<std::string> PaymentPlanLetter(Language language, const LetterFields& fields,
                                              std::span<const Instalment> instalments) {
  if (absl::Status status = CheckFields(fields); !status.ok()) return status;
  if (!fields.alternatives.empty()) {
    return absl::InvalidArgumentError(
        "alternatives do not belong into a payment plan; leave them "
        "out");
  }
  if (absl::Status status = CheckInstalments(fields.date, instalments); !status.ok()) {
    return status;
  }
  std::vector<std::string> items;
  for (const auto& [due, amount] : instalments) {
    items.push_back(Fill(language, Text::kPlanInstalment,
                         {DateText(language, due), MoneyText(language, amount)}));
  }
  Page page(language);
  page.Open(fields);
  page.Say(Text::kPlanOffer, fields.shop);
  page.Items(items);
  page.Say(Text::kPlanReply);
  page.Say(Text::kPlanWishes);
  return page.Close(fields);
}

absl::StatusOr<std::string> NoticeLetter(Language language, const LetterFields& fields,
                                         const NoticeFacts& facts) {
  absl::Status status = CheckFields(fields);
  if (status.ok() && !fields.alternatives.empty()) {
    status = absl::InvalidArgumentError("alternatives do not belong into a notice; leave them out");
  }
  if (status.ok()) status = CheckNeeded("how to pay", facts.how_to_pay, kMaxNoticeLineBytes);
  if (status.ok())
    status = CheckNeeded("how to reach the shop", facts.contact, kMaxNoticeLineBytes);
  if (!status.ok()) return status;
  std::vector<std::string> items;
  const auto item = [&](Text text, const std::string& argument) {
    items.push_back(Fill(language, text, {argument}));
  };
  if (facts.amount.currency.has_value()) {
    item(Text::kNoticeAmount, MoneyText(language, facts.amount));
  }
  item(Text::kNoticeOccurred, DateText(language, facts.occurred));
  if (facts.due.has_value()) item(Text::kNoticeDue, DateText(language, facts.due));
  Page page(language);
  page.Open(fields);
  page.Say(Text::kNoticeRecord, std::string(ReasonSentence(facts.reason, language)));
  page.Items(items);
  page.Paragraph(
      Fill(language, Text::kNoticePlan, {DateText(language, facts.answer_by), facts.circle}));
  page.Paragraph(std::string(Words(language, Text::kNoticeWho)) + " " +
                 OthersText(language, facts.members));
  page.Paragraph(
      Fill(language, Text::kNoticeUntil,
           {DateText(language, facts.erased_by), std::to_string(facts.withdrawn_hours)}));
  page.Say(Text::kNoticePay, std::string(Trimmed(facts.how_to_pay)));
  page.Say(Text::kNoticeObject);
  page.Line(Fill(language, Text::kNoticeContact, {std::string(Trimmed(facts.contact))}));
  page.Line(Fill(language, Text::kNoticeCode, {facts.code}));
  page.Say(Text::kNoticeRights);
  return page.Close(fields);
}

}  // namespace daftar::decision
