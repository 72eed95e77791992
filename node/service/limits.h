// Bounds of the transports (DESIGN section 11).
#ifndef DAFTAR_NODE_SERVICE_LIMITS_H_
#define DAFTAR_NODE_SERVICE_LIMITS_H_

namespace daftar::service {

inline constexpr int kMaxMessageBytes = 4 << 20;          // a gRPC message
inline constexpr int kMaxMetadataBytes = 16 << 10;        // a call's metadata
inline constexpr int kHandshakeTimeoutMillis = 10'000;    // until TLS is up
inline constexpr int kKeepAliveMillis = 20'000;           // between pings on an idle connection
inline constexpr int kKeepAliveTimeoutMillis = 10'000;    // until an unanswered ping ends it
inline constexpr int kMaxIdleMillis = 5 * 60'000;         // a connection without calls
inline constexpr int kMaxConcurrentStreams = 64;          // calls at once on one connection
inline constexpr int kMaxServerThreads = 640;             // of a gRPC server
inline constexpr int kMaxLocalUids = 16;                  // different users on the local socket
inline constexpr int kMaxProofChunkBytes = 256 << 10;     // of a file in one message
inline constexpr int kMaxProofCallMillis = 10 * 60'000;   // deadline of a call that carries a file
inline constexpr int kMaxExportCallMillis = 60 * 60'000;  // deadline of a call that exports
inline constexpr int kMaxRecoveryCallMillis = 6 * 60 * 60'000;  // of one that fetches the log back
inline constexpr int kMaxExports = 1;                           // calls that export at once
inline constexpr int kShutdownGraceMillis = 2000;               // for calls under way

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_LIMITS_H_
