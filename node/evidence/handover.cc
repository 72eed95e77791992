#include "node/evidence/handover.h"

namespace daftar::evidence {

ProofMac ProofRequestMac(const crypto::Secret32& record_key, std::string_view asker,
                         const ProofNonce& nonce) {
  const crypto::Digest mac = crypto::Blake2b256(
      record_key.Expose(),
      {crypto::AsBytes("daftar/proofreq/v1"), crypto::AsBytes(asker), nonce.view()});
  return ProofMac(mac.array());
}

}  // namespace daftar::evidence
