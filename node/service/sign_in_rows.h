// What is stored of people who sign in: one sealed row for each user, and what finds it from a
// secret.
#ifndef DAFTAR_NODE_SERVICE_SIGN_IN_ROWS_H_
#define DAFTAR_NODE_SERVICE_SIGN_IN_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/entropy.h"
#include "crypto/secret.h"
#include "node/evidence/clock.h"
#include "node/service/users.h"
#include "storage/store.h"
#include "storage/vault.h"

namespace daftar::service {

inline constexpr size_t kMaxSessionsPerUser = 20;  // the oldest ends for one more
inline constexpr size_t kMaxDevicesPerUser = 20;   // likewise
inline constexpr size_t kRecoveryCodes = 8;

// In Column::kUsers: 'u' name -> the user (users.cc); 's' name -> sealed SignInRow;
// 'k' SHA-256 of a session's secret -> sealed name; 'l' SHA-256 of a link's -> sealed LinkRow.
storage::Bytes UserRowKey(std::string_view name);
storage::Bytes SignInKey(std::string_view name);
storage::Bytes SessionKey(const crypto::Digest& secret);
storage::Bytes LinkKey(const crypto::Digest& secret);

// What is kept of a secret with 256 or, for recovery codes, 80 random bits. `purpose`: "session".
crypto::Digest HashOfSecret(std::string_view purpose, std::string_view secret);

// How a session is called where its secret may not stand.
using SessionId = crypto::FixedBytes<struct SessionIdTag, 8>;

struct SessionMark {
  crypto::Digest secret;
  SessionId id;
  evidence::UnixMillis signed_in_at;
  evidence::UnixMillis expires_at;
  bool by_token = false;  // needs no second factor
};

struct LinkMark {
  crypto::Digest secret;
  evidence::UnixMillis expires_at;
};

// Moves, since it holds secrets.
struct SignInRow {
  std::string password;                    // Argon2id's text form; empty: none was set
  crypto::SecretBytes second_factor;       // empty: none is in force
  crypto::SecretBytes unconfirmed;         // the secret of one that no code was shown of yet
  evidence::UnixMillis unconfirmed_until;  // when that ends
  uint64_t last_step = 0;                  // of the codes that were accepted
  std::vector<crypto::Digest> recovery_codes;
  std::vector<crypto::Digest> devices;  // the one last used last
  std::vector<SessionMark> sessions;    // the oldest first
  std::optional<LinkMark> link;

  // It has a password, or a link that is open at `now`.
  bool SignsIn(evidence::UnixMillis now) const {
    return !password.empty() || (link.has_value() && now < link->expires_at);
  }
};

// A link of nobody yet (`user` empty) is the first user's.
struct LinkRow {
  std::string user;
  evidence::UnixMillis expires_at;
};

// A sign-in row as it was read, with the stored bytes for a precondition; both absent when there is
// none.
struct StoredSignIn {
  SignInRow row;
  std::optional<storage::Bytes> stored;
};

storage::Bytes SealSignIn(const storage::Vault& vault, std::string_view name, const SignInRow& row);
// DataLoss for a row that does not open or is malformed.
absl::StatusOr<SignInRow> OpenSignIn(const storage::Vault& vault, storage::ByteView key,
                                     storage::ByteView sealed);
absl::StatusOr<StoredSignIn> ReadSignIn(const storage::StoreReader& store,
                                        const storage::Vault& vault, std::string_view name);

// The name in a session's row; nullopt when there is no such session.
absl::StatusOr<std::optional<std::string>> ReadSession(const storage::StoreReader& store,
                                                       const storage::Vault& vault,
                                                       const crypto::Digest& secret);
absl::StatusOr<std::optional<LinkRow>> ReadLink(const storage::StoreReader& store,
                                                const storage::Vault& vault,
                                                const crypto::Digest& secret);

// Adds to `batch`: a session's row; the end of a session; a new link in the place of an earlier
// one, whose secret is in the answer alone; all that is kept of a user's sign-in, to be deleted.
void PutSession(storage::Batch& batch, const storage::Vault& vault, std::string_view name,
                const SessionMark& session);
void DeleteSession(storage::Batch& batch, const SessionMark& session);
SignInLink PutLink(storage::Batch& batch, const storage::Vault& vault, crypto::Entropy& entropy,
                   std::string_view name, evidence::UnixMillis now, SignInRow& row);
SignInLink PutFirstUserLink(storage::Batch& batch, const storage::Vault& vault,
                            crypto::Entropy& entropy, evidence::UnixMillis now);
void DeleteSignIn(storage::Batch& batch, std::string_view name, const SignInRow& row);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_SIGN_IN_ROWS_H_
