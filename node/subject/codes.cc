#include "node/subject/codes.h"

#include <array>
#include <vector>

#include "crypto/short_code.h"
#include "storage/audit.h"
#include "storage/requests.h"

namespace daftar::subject {
namespace {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Reader;
using crypto::Writer;
using storage::Batch;
using storage::BlindTag;
using storage::Column;

constexpr uint8_t kVersion = 1;
constexpr uint8_t kNoCode = 0;
constexpr uint8_t kOpen = 1;
constexpr uint8_t kUsed = 2;
constexpr int kWriteAttempts = 8;
constexpr size_t kMaxSweptPerWrite = 1000;
constexpr std::string_view kMakeKind = "subject.code";
constexpr std::string_view kReportKind = "subject.report";

absl::Status UsedForAnother() {
  return absl::FailedPreconditionError(
      "this request_id was used for another identifier; use a new one for each");
}

absl::Status NoOpenCode() {
  return absl::FailedPreconditionError(
      "no code is open for this identifier: it was used, is void or older than 24 hours, or none "
      "was made; `daftar subject code` makes one");
}

absl::Status OthersWereFaster() {
  return absl::AbortedError("others kept changing the same code; try again");
}

}  // namespace

BlindTag TagOf(const storage::Vault& vault, const identity::Identifier& identifier) {
  return vault.Tag("subject", identity::TypeName(identifier.type()), identifier.value());
}

absl::StatusOr<Codes::Row> Codes::Decode(ByteView key, ByteView sealed) const {
  auto plain = vault_.Open(Column::kSubjectCodes, key, sealed);
  if (!plain.ok()) return plain.status();
  Reader reader(plain->Expose());
  Row row;
  if (reader.U8() != kVersion) reader.Fail();
  row.day = reader.U32();
  row.made = reader.U8();
  const uint8_t is_open = reader.U8();
  if (is_open > kUsed) reader.Fail();
  if (is_open != kNoCode) {
    Open open;
    open.code = std::string(crypto::AsText(reader.Prefixed8()));
    open.valid_until.value = static_cast<int64_t>(reader.U64());
    open.tries = reader.U8();
    open.request = crypto::ToBytes(reader.Prefixed8());
    if (is_open == kUsed) {
      open.used_by = std::string(crypto::AsText(reader.Prefixed8()));
      if (open.used_by.empty()) reader.Fail();
    }
    row.open = std::move(open);
  }
  if (!reader.Finish("code row").ok()) {
    return absl::DataLossError("the row of a person's code is malformed");
  }
  return row;
}

absl::StatusOr<Codes::Stored> Codes::Load(const BlindTag& tag) const {
  auto sealed = store_.Get(Column::kSubjectCodes, tag.view());
  if (!sealed.ok()) return sealed.status();
  if (!sealed->has_value()) return Stored{};
  auto row = Decode(tag.view(), **sealed);
  if (!row.ok()) return row.status();
  return Stored{*std::move(row), **std::move(sealed)};
}

void Codes::Put(const BlindTag& tag, const Stored& stored, Batch& batch) const {
  const Row& row = stored.row;
  Bytes key = crypto::ToBytes(tag.view());
  if (stored.sealed.has_value()) {
    batch.ExpectValue(Column::kSubjectCodes, key, *stored.sealed);
  } else {
    batch.ExpectAbsent(Column::kSubjectCodes, key);
  }
  Writer writer;
  writer.U8(kVersion).U32(row.day).U8(row.made);
  writer.U8(!row.open.has_value() ? kNoCode : row.open->used_by.empty() ? kOpen : kUsed);
  if (row.open.has_value()) {
    writer.Prefixed8(crypto::AsBytes(row.open->code));
    writer.U64(static_cast<uint64_t>(row.open->valid_until.value)).U8(row.open->tries);
    writer.Prefixed8(row.open->request);
    if (!row.open->used_by.empty()) writer.Prefixed8(crypto::AsBytes(row.open->used_by));
  }
  Bytes sealed = vault_.Seal(Column::kSubjectCodes, key, writer.bytes());
  batch.Put(Column::kSubjectCodes, std::move(key), std::move(sealed));
}

absl::StatusOr<Codes::Made> Codes::Make(const storage::Caller& caller,
                                        const identity::Identifier& identifier) {
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  absl::Status unreadable;  // of another identifier: upkeep tells it
  auto rows = SweepPast(unreadable);
  if (!rows.ok()) return rows.status();
  const BlindTag tag = TagOf(vault_, identifier);
  for (int attempt = 0; attempt < kWriteAttempts; ++attempt) {
    auto earlier = storage::RequestLog::Find(store_, *request, kMakeKind);
    if (!earlier.ok()) return earlier.status();
    if (earlier->has_value() && **earlier != crypto::ToBytes(tag.view())) return UsedForAnother();
    auto stored = Load(tag);
    if (!stored.ok()) return stored.status();
    Row& row = stored->row;
    if (earlier->has_value()) {
      if (row.open.has_value() && row.open->used_by.empty() && row.open->request == *request) {
        return Made{row.open->code, row.open->valid_until};
      }
      return absl::FailedPreconditionError(
          "the code that this request made was used or replaced; make another with a new "
          "request_id");
    }
    if (!stored->sealed.has_value() && *rows >= kMaxCodeRows) {
      return absl::ResourceExhaustedError("codes of " + std::to_string(kMaxCodeRows) +
                                          " identifiers are open, the most at once; make this one "
                                          "tomorrow, or let an operator print the report");
    }
    const evidence::UnixMillis now = clock_.Now();
    const uint32_t today = evidence::Date::Of(now).days();
    if (row.day != today) row = Row{today, 0, std::nullopt};
    if (row.made >= kMaxCodesPerDay) {
      return absl::ResourceExhaustedError(
          "this identifier has had " + std::to_string(kMaxCodesPerDay) +
          " codes today, the most in a day (UTC); the newest may still be valid");
    }
    ++row.made;
    std::array<uint8_t, crypto::kShortCodeSymbols> uniform{};
    entropy_.Fill(uniform);
    row.open = Open{crypto::ShortCode(uniform), {now.value + kCodeMillis}, 0, *request, {}};
    Batch batch;
    Put(tag, *stored, batch);
    storage::RequestLog::Record(batch, *request, kMakeKind, tag.view());
    storage::RecordAudit(batch, vault_, entropy_,
                         {now.value, caller.actor, std::string(kMakeKind), tag.hex(), {}});
    const absl::Status written = store_.Write(std::move(batch));
    if (absl::IsAborted(written)) continue;
    if (!written.ok()) return written;
    return Made{row.open->code, row.open->valid_until};
  }
  return OthersWereFaster();
}

absl::StatusOr<bool> Codes::HadReport(ByteView request, const BlindTag& tag) const {
  auto earlier = storage::RequestLog::Find(store_, request, kReportKind);
  if (!earlier.ok()) return earlier.status();
  if (!earlier->has_value()) return false;
  Reader reader(**earlier);
  const auto told = reader.Take<BlindTag>();
  const auto at = static_cast<int64_t>(reader.U64());
  if (!reader.Finish("request row").ok()) {
    return absl::DataLossError("a request's row is malformed");
  }
  if (told != tag) return UsedForAnother();
  const int64_t ago = clock_.Now().value - at;
  if (ago >= 0 && ago < kRepeatMillis) return true;
  return absl::FailedPreconditionError(
      "this request had its report already, and may be repeated for 10 minutes only; a new report "
      "needs a new code");
}

void Codes::RecordReport(const storage::Caller& caller, ByteView request, const BlindTag& tag,
                         const std::string& because, Batch& batch) const {
  const int64_t now = clock_.Now().value;
  storage::RequestLog::Record(batch, crypto::ToBytes(request), kReportKind,
                              Writer().Raw(tag.view()).U64(static_cast<uint64_t>(now)).bytes());
  storage::RecordAudit(batch, vault_, entropy_,
                       {now, caller.actor, std::string(kReportKind), tag.hex(), because});
}

absl::Status Codes::Spend(const storage::Caller& caller, const identity::Identifier& identifier,
                          std::string_view typed) {
  const std::optional<std::string> code = crypto::ReadShortCode(typed);
  if (!code.has_value()) {
    return absl::InvalidArgumentError(
        "the code has eight letters and digits, like K7F3-9Q2M; `daftar subject code` makes one");
  }
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  return SpendOnce(caller, *request, TagOf(vault_, identifier), *code);
}

absl::Status Codes::SpendOnce(const storage::Caller& caller, ByteView request, const BlindTag& tag,
                              const std::string& code) {
  for (int attempt = 0; attempt < kWriteAttempts; ++attempt) {
    auto had = HadReport(request, tag);
    if (!had.ok()) return had.status();
    if (*had) return absl::OkStatus();
    auto stored = Load(tag);
    if (!stored.ok()) return stored.status();
    std::optional<Open>& open = stored->row.open;
    if (!open.has_value() || clock_.Now() >= open->valid_until || open->tries >= kMaxWrongCodes ||
        (!open->used_by.empty() && open->used_by != caller.actor)) {
      return NoOpenCode();
    }
    ++open->tries;
    Batch count;
    Put(tag, *stored, count);
    const Bytes counted = count.operations().front().value.value();
    const absl::Status written = store_.Write(std::move(count));
    if (absl::IsAborted(written)) continue;
    if (!written.ok()) return written;
    if (!crypto::ConstantTimeEquals(crypto::AsBytes(open->code), crypto::AsBytes(code))) {
      const int left = kMaxWrongCodes - open->tries;
      return absl::PermissionDeniedError(
          left == 0
              ? "that is not the code, and it was the last try: this code is void now; "
                "`daftar subject code` makes another"
              : "that is not the code of this identifier; tries left: " + std::to_string(left));
    }
    open->tries = 0;
    if (open->used_by.empty()) {
      open->used_by = caller.actor;
      open->valid_until = {clock_.Now().value + kRepeatMillis};
    }
    stored->sealed = counted;
    Batch batch;
    Put(tag, *stored, batch);
    RecordReport(caller, request, tag, "with a code", batch);
    const absl::Status spent = store_.Write(std::move(batch));
    return absl::IsAborted(spent) ? OthersWereFaster() : spent;
  }
  return OthersWereFaster();
}

absl::Status Codes::DoWithout(const storage::Caller& caller, const identity::Identifier& identifier,
                              const std::string& because) {
  constexpr std::string_view kWithout = "without a code: ";
  if (because.empty() || because.size() > storage::kMaxAuditText - kWithout.size()) {
    return absl::InvalidArgumentError("say why there is no code, in 1 to " +
                                      std::to_string(storage::kMaxAuditText - kWithout.size()) +
                                      " bytes, for the record (--because TEXT)");
  }
  auto request = storage::RequestLog::Key(caller.actor, caller.request_id);
  if (!request.ok()) return request.status();
  const BlindTag tag = TagOf(vault_, identifier);
  for (int attempt = 0; attempt < kWriteAttempts; ++attempt) {
    auto had = HadReport(*request, tag);
    if (!had.ok()) return had.status();
    if (*had) return absl::OkStatus();
    Batch batch;
    RecordReport(caller, *request, tag, std::string(kWithout) + because, batch);
    const absl::Status written = store_.Write(std::move(batch));
    if (!absl::IsAborted(written)) return written;
  }
  return OthersWereFaster();
}

absl::StatusOr<uint64_t> Codes::Sweep() {
  absl::Status unreadable;
  auto rows = SweepPast(unreadable);
  if (rows.ok() && !unreadable.ok()) return unreadable;
  return rows;
}

absl::StatusOr<uint64_t> Codes::SweepPast(absl::Status& unreadable) {
  const evidence::UnixMillis now = clock_.Now();
  const uint32_t today = evidence::Date::Of(now).days();
  uint64_t rows = 0;
  Batch batch;
  size_t swept = 0;
  const absl::Status scanned =
      store_.Scan(Column::kSubjectCodes, {}, {}, [&](ByteView key, ByteView sealed) {
        auto row = Decode(key, sealed);
        if (!row.ok()) {
          if (unreadable.ok()) unreadable = row.status();
          ++rows;
          return true;
        }
        const bool usable = row->open.has_value() && now < row->open->valid_until;
        if (usable || row->day == today || swept >= kMaxSweptPerWrite) {
          ++rows;
          return true;
        }
        ++swept;
        batch.ExpectValue(Column::kSubjectCodes, crypto::ToBytes(key), crypto::ToBytes(sealed));
        batch.Delete(Column::kSubjectCodes, crypto::ToBytes(key));
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (swept == 0) return rows;
  const absl::Status written = store_.Write(std::move(batch));
  // One of them was made anew meanwhile: the next time.
  if (!written.ok() && !absl::IsAborted(written)) return written;
  return rows;
}

}  // namespace daftar::subject
