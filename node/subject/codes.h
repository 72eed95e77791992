// Who may have the report about an identifier: whoever got the code that the shop sent to it, or an
// operator who says why without one. Each report is on the record before it is given.
#ifndef DAFTAR_NODE_SUBJECT_CODES_H_
#define DAFTAR_NODE_SUBJECT_CODES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/entropy.h"
#include "node/evidence/clock.h"
#include "node/identity/identifier.h"
#include "storage/caller.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::subject {

inline constexpr int64_t kCodeMillis = 24 * 3'600'000;  // a code is valid for so long
inline constexpr uint8_t kMaxWrongCodes = 5;            // of one code; then it is void
inline constexpr uint8_t kMaxCodesPerDay = 3;           // of one identifier, by the UTC day
inline constexpr uint64_t kMaxCodeRows = 20'000;        // identifiers with a code of late
// The answer to a request may get lost, and a document that was made of it: whoever had it may have
// it again for so long, by the same request or with the same code, though that is used up.
inline constexpr int64_t kRepeatMillis = 10 * 60'000;

// What the record calls the identifier: a keyed tag, which tells nobody who it is.
storage::BlindTag TagOf(const storage::Vault& vault, const identity::Identifier& identifier);

// Row: kSubjectCodes, TagOf the identifier (32) -> sealed: version (1), UTC day of the newest code
// u32, codes made on it u8, whether one is open u8; if so the code (u8-prefixed), until when it is
// valid u64 in Unix milliseconds, tries u8, key of the request that made it (u8-prefixed). Of one
// that is used up `open` is 2, the time is the one until when it may be used again, and the actor
// who may follows (u8-prefixed).
//
// Any thread may call; what is acknowledged is durable. Errors of the store are passed on; DataLoss
// when a row does not open. Writes need a request id: FailedPrecondition when it comes again for
// another identifier. Codes are in no error, no request's row and no record.
class Codes {
 public:
  // All must outlive it.
  Codes(storage::Store& store, const storage::Vault& vault, const evidence::Clock& clock,
        crypto::Entropy& entropy)
      : store_(store), vault_(vault), clock_(clock), entropy_(entropy) {}

  struct Made {
    std::string code;  // crypto::ShortCode
    evidence::UnixMillis valid_until;
  };
  // A new code, which takes the place of an earlier one. A repetition gives the same while it is
  // open, FailedPrecondition afterwards. ResourceExhausted past kMaxCodesPerDay and kMaxCodeRows.
  absl::StatusOr<Made> Make(const storage::Caller& caller, const identity::Identifier& identifier);

  // Takes the code for one report, which the same actor may have again for kRepeatMillis. Each try
  // is counted, durably, before the code is looked at.
  //   InvalidArgument     what was typed cannot be a code; not counted
  //   PermissionDenied    it is another code; says how many tries are left
  //   FailedPrecondition  no code is open: used, void, too old, or never made
  // A repetition is answered for kRepeatMillis.
  absl::Status Spend(const storage::Caller& caller, const identity::Identifier& identifier,
                     std::string_view typed);
  // Lets one report be made without a code. InvalidArgument unless `because` has 1 to
  // storage::kMaxAuditText bytes. Who may is the caller's business.
  absl::Status DoWithout(const storage::Caller& caller, const identity::Identifier& identifier,
                         const std::string& because);

  // Removes the rows of codes that nobody can use any more and that count for no day's bound; gives
  // how many rows stay. A row that does not open stays and keeps no other; then DataLoss, when all
  // is done.
  absl::StatusOr<uint64_t> Sweep();

 private:
  struct Open {
    std::string code;
    evidence::UnixMillis valid_until;
    uint8_t tries = 0;
    crypto::Bytes request;
    std::string used_by;  // actor; empty: nobody has had a report for it
  };
  struct Row {
    uint32_t day = 0;
    uint8_t made = 0;
    std::optional<Open> open;
  };
  struct Stored {
    Row row;
    std::optional<crypto::Bytes> sealed;  // as it was read
  };
  absl::StatusOr<Row> Decode(crypto::ByteView key, crypto::ByteView sealed) const;
  absl::StatusOr<Stored> Load(const storage::BlindTag& tag) const;
  // As Sweep, with the error of a row that does not open beside the count.
  absl::StatusOr<uint64_t> SweepPast(absl::Status& unreadable);
  // With the precondition that the row is as it was read.
  void Put(const storage::BlindTag& tag, const Stored& stored, storage::Batch& batch) const;
  absl::Status SpendOnce(const storage::Caller& caller, crypto::ByteView request,
                         const storage::BlindTag& tag, const std::string& code);
  // Whether the request had its report before; FailedPrecondition when that is too long ago.
  absl::StatusOr<bool> HadReport(crypto::ByteView request, const storage::BlindTag& tag) const;
  void RecordReport(const storage::Caller& caller, crypto::ByteView request,
                    const storage::BlindTag& tag, const std::string& because,
                    storage::Batch& batch) const;

  storage::Store& store_;
  const storage::Vault& vault_;
  const evidence::Clock& clock_;
  crypto::Entropy& entropy_;
};

}  // namespace daftar::subject

#endif  // DAFTAR_NODE_SUBJECT_CODES_H_
