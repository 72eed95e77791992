// The decisions that were made, newest first.
#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "node/service/convert.h"
#include "node/service/shop_handlers.h"

namespace daftar::service {
namespace {

constexpr uint32_t kDefaultReceiptRows = 50;
constexpr check::ReceiptLimits kOfOnePage = {.leaves = 20'000, .bodies = 2000};
constexpr size_t kMaxByBytes = 256;
constexpr std::string_view kMe = "me";
constexpr int64_t kMillisPerDay = 24 * 3600 * 1000;

struct Query {
  check::ReceiptSpan span;
  std::string by;  // empty: anybody
  size_t limit = 0;
  decision::Language language = decision::Language::kEnglish;

  bool Wants(const check::StoredReceipt& receipt) const {
    const std::string& actor = receipt.record.actor;
    return by.empty() || actor == by || actor == std::string(kUserPrefix) + by;
  }
};

absl::StatusOr<Query> QueryFrom(const Actor& actor, const v1::ListReceiptsRequest& request) {
  Query query;
  if (request.by().size() > kMaxByBytes) {
    return absl::InvalidArgumentError("by: at most " + std::to_string(kMaxByBytes) + " bytes");
  }
  query.by = request.by() == kMe ? actor.name : request.by();
  auto from = DateFromProto(request.from(), "from");
  if (!from.ok()) return from.status();
  auto to = DateFromProto(request.to(), "to");
  if (!to.ok()) return to.status();
  if (from->has_value() && to->has_value() && *from > *to) {
    return absl::InvalidArgumentError("from: a day that is not after `to`");
  }
  if (from->has_value()) query.span.from.value = from->days() * kMillisPerDay;
  if (to->has_value()) query.span.to.value = (int64_t{to->days()} + 1) * kMillisPerDay - 1;
  if (const std::string& token = request.page_token(); !token.empty()) {
    const char* end = token.data() + token.size();
    const auto read = std::from_chars(token.data(), end, query.span.before);
    if (read.ec != std::errc() || read.ptr != end) {
      return absl::InvalidArgumentError("page_token: pass on what the page before answered");
    }
  }
  auto limit =
      PageSizeFromProto(request.page_size() == 0 ? kDefaultReceiptRows : request.page_size());
  if (!limit.ok()) return limit.status();
  query.limit = *limit;
  auto language = LanguageFromProto(request.language());
  if (!language.ok()) return language.status();
  query.language = *language;
  return query;
}

// The receipts about the customer whose bodies are kept, newest first: of each identifier those
// that ReceiptLog::About gives.
absl::StatusOr<std::vector<check::StoredReceipt>> AboutCustomer(Node& node,
                                                                const std::string& customer,
                                                                const Query& query) {
  auto id = CustomerIdFromProto(customer);
  if (!id.ok()) return id.status();
  auto profile = node.book().ShowCustomer(*id);
  if (!profile.ok()) return profile.status();
  std::set<check::ReceiptLog::Made> made;
  // A receipt's time is not negative, and its key holds it as unsigned.
  const evidence::UnixMillis from = {std::max<int64_t>(query.span.from.value, 0)};
  for (const decision::Subject& subject : node.checker().SubjectsOf(profile->identifiers)) {
    auto about = node.receipts().About(subject, from, query.span.to);
    if (!about.ok()) return about.status();
    made.insert(about->begin(), about->end());
  }
  std::vector<check::StoredReceipt> kept;
  for (auto one = made.rbegin(); one != made.rend() && kept.size() < check::kMaxReceiptsAbout;
       ++one) {
    auto receipt = node.receipts().Get(one->id);
    if (absl::IsNotFound(receipt.status())) continue;  // its body was deleted
    if (!receipt.ok()) return receipt.status();
    kept.push_back(*std::move(receipt));
  }
  std::sort(kept.begin(), kept.end(),
            [](const auto& a, const auto& b) { return a.index > b.index; });
  return kept;
}

absl::Status AddRow(Node& node, const check::StoredReceipt& receipt, decision::Language language,
                    v1::ListReceiptsResponse& out) {
  const decision::ReceiptBody& body = receipt.record.body;
  v1::ListedReceipt& row = *out.add_receipts();
  row.set_receipt(receipt.id.hex());
  row.set_checked_at(TimeText(body.time));
  row.set_checked_by(receipt.record.actor);
  row.set_effect(ToProto(body.verdict.effect));
  row.set_because(decision::In(receipt.record.because, language));
  const decision::Weighed& weighed = body.weighed;
  if (weighed.order.amount.has_value()) *row.mutable_amount() = ToProto(*weighed.order.amount);
  row.set_terms(ToProto(weighed.order.terms));
  const auto unasked = std::count_if(
      weighed.partners.begin(), weighed.partners.end(),
      [](const auto& partner) { return partner.state == decision::PartnerState::kNotChecked; });
  row.set_partners_not_checked(static_cast<uint32_t>(unasked));
  row.set_partners(static_cast<uint32_t>(weighed.partners.size()));
  auto followed = node.outcomes().Of(receipt.id);
  if (!followed.ok()) return followed.status();
  if (!followed->has_value()) return absl::OkStatus();
  if ((*followed)->override.has_value()) {
    *row.mutable_override() = ToProto(*(*followed)->override);
  }
  row.set_outcome(std::string(check::OutcomeName((*followed)->outcome)));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::ListReceiptsResponse> ShopHandlers::ListReceipts(
    const Actor& actor, const v1::ListReceiptsRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/ListReceipts"); !s.ok()) return s;
  auto query = QueryFrom(actor, request);
  if (!query.ok()) return query.status();
  v1::ListReceiptsResponse out;
  absl::Status failed;
  const auto take = [&](const check::StoredReceipt& receipt) {
    if (query->Wants(receipt)) failed = AddRow(node_, receipt, query->language, out);
    return failed.ok() && static_cast<size_t>(out.receipts_size()) < query->limit;
  };
  uint64_t next = 0;
  if (request.customer().empty()) {
    const auto log = node_.receipts().View();
    if (!log.ok()) return log.status();
    auto read = log->ReadNewestFirst(query->span, take, {}, kOfOnePage);
    if (!read.ok()) return read.status();
    next = *read;
  } else {
    auto about = AboutCustomer(node_, request.customer(), *query);
    if (!about.ok()) return about.status();
    for (const check::StoredReceipt& receipt : *about) {
      if (receipt.index >= query->span.before) continue;
      if (take(receipt)) continue;
      // None is before the last one.
      if (&receipt != &about->back()) next = receipt.index;
      break;
    }
  }
  if (!failed.ok()) return failed;
  if (next > 0) out.set_next_page_token(std::to_string(next));
  return out;
}

}  // namespace daftar::service
