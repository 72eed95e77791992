// What kind of file a proof is, told by its content and by nothing that somebody says about it.
// Taken are documents that only show something; what runs, or brings other files along, is not.
#ifndef DAFTAR_NODE_EVIDENCE_MEDIA_TYPE_H_
#define DAFTAR_NODE_EVIDENCE_MEDIA_TYPE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"

namespace daftar::evidence {

// Numbers are on disk: never renumber.
enum class MediaType : uint8_t {
  kPdf = 1,
  kPng = 2,
  kJpeg = 3,
  kWebp = 4,
  kEmail = 5,  // RFC 5322, as mail programs save it (.eml)
  kText = 6,   // UTF-8; an exported chat is that too
};
// "application/pdf"; as RFC 6838 registers it.
std::string_view MediaTypeName(MediaType type);
// The usual ending of such a file's name, with the dot.
std::string_view MediaTypeEnding(MediaType type);
// Whether `number` is one of them.
bool IsMediaType(uint8_t number);

// Looks at a file in pieces. Holds at most kMaxSniffedBytes of it. One thread.
class MediaDetector {
 public:
  static constexpr size_t kMaxSniffedBytes = 32 << 10;  // an e-mail's header is told within these

  void Update(crypto::ByteView piece);
  // InvalidArgument for an empty file, and for what is none of the types, with the list of them;
  // HTML, SVG, XML, scripts, archives and Office files are told as such.
  absl::StatusOr<MediaType> Finish() const;

 private:
  void Watch(uint8_t byte);

  crypto::Bytes head_;
  bool zero_ = false;     // a zero byte
  bool control_ = false;  // another byte that no text has
  bool utf8_ = true;
  uint8_t expected_ = 0;  // continuation bytes of the code point that has begun
  uint8_t low_ = 0x80;    // what the next of them may be
  uint8_t high_ = 0xBF;
};

}  // namespace daftar::evidence

#endif  // DAFTAR_NODE_EVIDENCE_MEDIA_TYPE_H_
