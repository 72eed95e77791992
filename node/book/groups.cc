#include "node/book/groups.h"

#include <algorithm>
#include <utility>

#include "node/book/book.h"
#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::book {
namespace {

using decision::Group;
using storage::Column;

constexpr uint8_t kRowVersion = 1;
constexpr uint8_t kHidden = 0;
constexpr uint8_t kPut = 1;
constexpr size_t kCurrencyBytes = 3;
constexpr size_t kEndedBytes = 8;  // of a removal's answer, in the request log
constexpr std::string_view kPutKind = "group-put";
constexpr std::string_view kRemoveKind = "group-remove";

template <class Number>
void PutOptional(crypto::Writer& writer, const std::optional<Number>& value) {
  writer.U8(value.has_value() ? 1 : 0);
  if (value.has_value()) writer.U64(*value);
}

bool TakeFlag(crypto::Reader& reader) {
  const uint8_t flag = reader.U8();
  if (flag > 1) reader.Fail();
  return flag == 1;
}

template <class Number>
void TakeOptional(crypto::Reader& reader, std::optional<Number>& value) {
  if (!TakeFlag(reader)) return;
  const uint64_t number = reader.U64();
  value = static_cast<Number>(number);
  if (*value != number) reader.Fail();
}

void PutMoney(crypto::Writer& writer, const evidence::Money& money) {
  writer.U64(money.minor).Raw(money.currency.code());
}

evidence::Money TakeMoney(crypto::Reader& reader) {
  evidence::Money money;
  money.minor = reader.U64();
  const auto currency = evidence::Currency::FromCode(crypto::AsText(reader.Raw(kCurrencyBytes)));
  if (!currency.ok()) reader.Fail();
  if (currency.ok()) money.currency = *currency;
  return money;
}

void PutTerms(crypto::Writer& writer, const decision::GroupTerms& terms) {
  writer.Prefixed16(crypto::AsBytes(terms.name)).U32(terms.precedence);
  writer.U8(static_cast<uint8_t>(terms.least)).U8(static_cast<uint8_t>(terms.most));
  PutOptional(writer, terms.deposit_ppm);
  writer.U8(static_cast<uint8_t>(terms.credit_limits.size()));
  for (const evidence::Money& limit : terms.credit_limits) PutMoney(writer, limit);
  PutOptional(writer, terms.credit_days);
  writer.Prefixed16(crypto::AsBytes(terms.price_list)).U8(terms.bonus_card ? 1 : 0);
}

decision::GroupTerms TakeTerms(crypto::Reader& reader) {
  decision::GroupTerms terms;
  terms.name = reader.Text16();
  terms.precedence = reader.U32();
  terms.least = static_cast<decision::Effect>(reader.U8());
  terms.most = static_cast<decision::Effect>(reader.U8());
  TakeOptional(reader, terms.deposit_ppm);
  const uint8_t limits = reader.U8();
  for (uint8_t i = 0; i < limits && reader.ok(); ++i) {
    terms.credit_limits.push_back(TakeMoney(reader));
  }
  TakeOptional(reader, terms.credit_days);
  terms.price_list = reader.Text16();
  terms.bonus_card = TakeFlag(reader);
  return terms;
}

void PutRule(crypto::Writer& writer, const decision::GroupRule& rule) {
  PutOptional(writer, rule.least_settled);
  PutOptional(writer, rule.least_on_time_ppm);
  PutOptional(writer, rule.most_days_late);
  PutOptional(writer, rule.least_bad);
  PutOptional(writer, rule.least_overdue_days);
  PutOptional(writer, rule.least_days_known);
  writer.U8(rule.least_turnover.has_value() ? 1 : 0);
  if (rule.least_turnover.has_value()) PutMoney(writer, *rule.least_turnover);
}

decision::GroupRule TakeRule(crypto::Reader& reader) {
  decision::GroupRule rule;
  TakeOptional(reader, rule.least_settled);
  TakeOptional(reader, rule.least_on_time_ppm);
  TakeOptional(reader, rule.most_days_late);
  TakeOptional(reader, rule.least_bad);
  TakeOptional(reader, rule.least_overdue_days);
  TakeOptional(reader, rule.least_days_known);
  if (TakeFlag(reader)) rule.least_turnover = TakeMoney(reader);
  return rule;
}

bool IsShipped(const std::string& name) {
  const auto shipped = decision::ShippedGroups();
  return std::any_of(shipped.begin(), shipped.end(),
                     [&name](const Group& group) { return group.terms.name == name; });
}

}  // namespace

crypto::Bytes EncodeGroupRow(const std::optional<Group>& group) {
  crypto::Writer writer;
  writer.U8(kRowVersion).U8(group.has_value() ? kPut : kHidden);
  if (group.has_value()) {
    PutTerms(writer, group->terms);
    PutRule(writer, group->rule);
  }
  return writer.Take();
}

absl::StatusOr<std::optional<Group>> DecodeGroupRow(crypto::ByteView bytes) {
  crypto::Reader reader(bytes);
  if (reader.U8() != kRowVersion) reader.Fail();
  std::optional<Group> group;
  if (TakeFlag(reader)) {
    group.emplace();
    group->terms = TakeTerms(reader);
    group->rule = TakeRule(reader);
  }
  if (!reader.Finish("group").ok()) return MalformedRow("group");
  if (group.has_value() && !group->Check().ok()) return MalformedRow("group");
  return group;
}

absl::StatusOr<std::unique_ptr<Groups>> Groups::Open(storage::Store& store,
                                                     const storage::Vault& vault,
                                                     crypto::Entropy& entropy,
                                                     const evidence::Clock& clock) {
  std::unique_ptr<Groups> groups(new Groups(store, vault, entropy, clock));
  if (auto loaded = groups->Load(); !loaded.ok()) return loaded;
  return groups;
}

absl::Status Groups::Load() {
  const storage::MutexLock lock(writing_);
  Rows rows;
  absl::Status problem;
  const auto scanned =
      store_.Scan(Column::kGroups, {}, {}, [&](crypto::ByteView key, crypto::ByteView sealed) {
        const auto opened = vault_.Open(Column::kGroups, key, sealed);
        problem = opened.status();
        if (!opened.ok()) return false;
        auto group = DecodeGroupRow(opened->Expose());
        problem = group.status();
        if (!group.ok()) return false;
        const std::string name(crypto::AsText(key));
        if (group->has_value() && (*group)->terms.name != name) problem = MalformedRow("group");
        rows.insert_or_assign(name, *std::move(group));
        return problem.ok();
      });
  if (!scanned.ok()) return scanned;
  if (!problem.ok()) return problem;
  rows_ = std::move(rows);
  Show();
  return absl::OkStatus();
}

void Groups::Show() {
  auto groups = std::make_shared<std::vector<Group>>();
  for (const Group& shipped : decision::ShippedGroups()) {
    if (rows_.count(shipped.terms.name) == 0) groups->push_back(shipped);
  }
  for (const auto& [name, group] : rows_) {
    if (group.has_value()) groups->push_back(*group);
  }
  std::sort(groups->begin(), groups->end(), [](const Group& a, const Group& b) {
    return std::pair(a.terms.precedence, a.terms.name) <
           std::pair(b.terms.precedence, b.terms.name);
  });
  const storage::MutexLock lock(mutex_);
  shown_ = std::move(groups);
}

std::shared_ptr<const std::vector<Group>> Groups::Snapshot() const {
  const storage::MutexLock lock(mutex_);
  return shown_;
}

absl::Status Groups::Write(const storage::Caller& caller, crypto::ByteView request,
                           std::string_view kind, const std::string& name,
                           const std::optional<std::optional<Group>>& value,
                           crypto::ByteView result, const RequestContent& content,
                           const std::string& because) {
  storage::Batch batch;
  const crypto::Bytes key = crypto::ToBytes(name);
  if (value.has_value()) {
    batch.Put(Column::kGroups, key, vault_.Seal(Column::kGroups, key, EncodeGroupRow(*value)));
  } else {
    batch.Delete(Column::kGroups, key);
  }
  RecordRequest(batch, request, kind, result, content);
  storage::RecordAudit(batch, vault_, entropy_,
                       {clock_.Now().value, caller.actor,
                        kind == kPutKind ? "group.put" : "group.remove", name, because});
  if (auto written = store_.Write(std::move(batch)); !written.ok()) return written;
  if (value.has_value()) {
    rows_.insert_or_assign(name, *value);
  } else {
    rows_.erase(name);
  }
  Show();
  return absl::OkStatus();
}

absl::Status Groups::Put(const storage::Caller& caller, const Group& group,
                         const std::string& because) {
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  if (auto status = storage::CheckBecause(because); !status.ok()) return status;
  if (auto status = group.Check(); !status.ok()) return status;
  const storage::MutexLock lock(writing_);
  const RequestContent content =
      ContentOf(vault_, kPutKind, crypto::Writer().Raw(EncodeGroupRow(group)));
  const auto earlier = FindEarlier(store_, *request, kPutKind, 0, content);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) return absl::OkStatus();
  const auto shown = Snapshot();
  const bool is_new = std::none_of(shown->begin(), shown->end(), [&group](const Group& other) {
    return other.terms.name == group.terms.name;
  });
  if (is_new && shown->size() >= decision::kMaxGroups) {
    return absl::FailedPreconditionError(
        "a shop has at most " + std::to_string(decision::kMaxGroups) + " groups; remove one first");
  }
  return Write(caller, *request, kPutKind, group.terms.name, std::optional<Group>(group), {},
               content, because);
}

absl::StatusOr<uint64_t> Groups::Remove(
    const storage::Caller& caller, const std::string& name, const std::string& because,
    const std::function<absl::StatusOr<uint64_t>()>& end_memberships) {
  const auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  if (auto status = storage::CheckBecause(because); !status.ok()) return status;
  const storage::MutexLock lock(writing_);
  const RequestContent content = ContentOf(vault_, kRemoveKind, crypto::Writer().Raw(name));
  const auto earlier = FindEarlier(store_, *request, kRemoveKind, kEndedBytes, content);
  if (!earlier.ok()) return earlier.status();
  if (earlier->has_value()) {
    crypto::Reader reader(**earlier);
    const uint64_t ended = reader.U64();
    if (!reader.Finish("group").ok()) return MalformedRow("group");
    return ended;
  }
  const auto shown = Snapshot();
  if (std::none_of(shown->begin(), shown->end(),
                   [&name](const Group& group) { return group.terms.name == name; })) {
    return absl::NotFoundError(
        "the shop has no group of that name; `daftar group list` shows those that there are");
  }
  std::optional<std::optional<Group>> value;
  if (IsShipped(name)) value.emplace(std::nullopt);
  const auto ended = end_memberships();
  if (!ended.ok()) return ended;
  const crypto::Bytes result = crypto::Writer().U64(*ended).Take();
  const absl::Status written =
      Write(caller, *request, kRemoveKind, name, value, result, content, because);
  if (!written.ok()) return written;
  return ended;
}

}  // namespace daftar::book
