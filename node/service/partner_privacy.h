// What an answer tells somebody who may know how many partners say what, but not which.
#ifndef DAFTAR_NODE_SERVICE_PARTNER_PRIVACY_H_
#define DAFTAR_NODE_SERVICE_PARTNER_PRIVACY_H_

#include "daftar/v1/shop.pb.h"

namespace daftar::service {

// Takes out what names a partner, what the list of partners or a log could be matched with (places,
// commitments, heads, weights, exact ages), and the order of the rows, which is the list's.
void HidePartners(v1::CheckResponse& response);
// The canonical body too, which names them.
void HidePartners(v1::GetReceiptResponse& response);
// How many partners have applied each change stays, and when.
void HidePartners(v1::Incident& incident);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_PARTNER_PRIVACY_H_
