#include "node/evidence/media_type.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace daftar::evidence {
namespace {

constexpr std::string_view kTaken =
    "taken are PDF, PNG, JPEG, WebP, e-mail (.eml) and plain text in UTF-8, an exported chat among "
    "it; print or export it as one of these";

bool Begins(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// `with` in lower case.
bool BeginsAnyCase(std::string_view text, std::string_view with) {
  return text.size() >= with.size() &&
         std::equal(with.begin(), with.end(), text.begin(),
                    [](char expected, char c) { return expected == Lower(c); });
}

std::string_view WithoutSpace(std::string_view text) {
  const size_t at = text.find_first_not_of(" \t\r\n\f");
  return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

// Text that a program would run or lay out, by how it begins. Browsers look for the same.
bool IsMarkupOrScript(std::string_view head) {
  if (Begins(head, "\xEF\xBB\xBF")) head.remove_prefix(3);
  if (Begins(head, "#!") || Begins(head, "{\\rtf") || Begins(head, "%!PS")) return true;
  head = WithoutSpace(head);
  constexpr std::array<std::string_view, 14> kTags = {
      "<!doctype", "<html",   "<head",  "<body",  "<script", "<svg",   "<?xml",
      "<?php",     "<iframe", "<style", "<table", "<!--",    "<title", "<meta"};
  return std::any_of(kTags.begin(), kTags.end(),
                     [&](std::string_view tag) { return BeginsAnyCase(head, tag); });
}

// A field's name: printable US-ASCII without the colon (RFC 5322, 2.2).
bool IsFieldName(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return c > ' ' && c < '\x7F' && c != ':'; });
}

// Whether it begins with a header that has the two fields every message has.
bool IsEmail(std::string_view head) {
  bool from = false;
  bool date = false;
  bool first = true;
  while (!head.empty()) {
    const size_t end = head.find('\n');
    std::string_view line = head.substr(0, end);
    const bool whole = end != std::string_view::npos;
    head.remove_prefix(whole ? end + 1 : head.size());
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty() || !whole) break;
    if (line.front() == ' ' || line.front() == '\t') {
      if (first) return false;
      continue;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || !IsFieldName(line.substr(0, colon))) return false;
    from = from || (BeginsAnyCase(line, "from:"));
    date = date || (BeginsAnyCase(line, "date:"));
    first = false;
  }
  return from && date;
}

absl::Status Refused(std::string_view what) {
  return absl::InvalidArgumentError("the file is " + std::string(what) +
                                    ", which is not taken: " + std::string(kTaken));
}

}  // namespace

std::string_view MediaTypeName(MediaType type) {
  switch (type) {
    case MediaType::kPdf:
      return "application/pdf";
    case MediaType::kPng:
      return "image/png";
    case MediaType::kJpeg:
      return "image/jpeg";
    case MediaType::kWebp:
      return "image/webp";
    case MediaType::kEmail:
      return "message/rfc822";
    case MediaType::kText:
      return "text/plain";
  }
  std::abort();
}

std::string_view MediaTypeEnding(MediaType type) {
  switch (type) {
    case MediaType::kPdf:
      return ".pdf";
    case MediaType::kPng:
      return ".png";
    case MediaType::kJpeg:
      return ".jpg";
    case MediaType::kWebp:
      return ".webp";
    case MediaType::kEmail:
      return ".eml";
    case MediaType::kText:
      return ".txt";
  }
  std::abort();
}

bool IsMediaType(uint8_t number) {
  return number >= static_cast<uint8_t>(MediaType::kPdf) &&
         number <= static_cast<uint8_t>(MediaType::kText);
}

// UTF-8 as table 3-7 of the Unicode standard has it, byte by byte: pieces end anywhere.
void MediaDetector::Watch(uint8_t byte) {
  if (byte == 0) zero_ = true;
  const bool space = byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
  // An escape sequence could rewrite the terminal of whoever reads it.
  if ((byte < 0x20 && !space && byte != 0) || byte == 0x7F) control_ = true;
  if (!utf8_) return;
  if (expected_ > 0) {
    utf8_ = byte >= low_ && byte <= high_;
    low_ = 0x80;
    high_ = 0xBF;
    --expected_;
    return;
  }
  if (byte < 0x80) return;
  if (byte >= 0xC2 && byte <= 0xDF) {
    expected_ = 1;
  } else if (byte >= 0xE0 && byte <= 0xEF) {
    expected_ = 2;
    if (byte == 0xE0) low_ = 0xA0;
    if (byte == 0xED) high_ = 0x9F;
  } else if (byte >= 0xF0 && byte <= 0xF4) {
    expected_ = 3;
    if (byte == 0xF0) low_ = 0x90;
    if (byte == 0xF4) high_ = 0x8F;
  } else {
    utf8_ = false;
  }
}

void MediaDetector::Update(crypto::ByteView piece) {
  const size_t take = std::min(piece.size(), kMaxSniffedBytes - head_.size());
  head_.insert(head_.end(), piece.begin(), piece.begin() + static_cast<ptrdiff_t>(take));
  for (const uint8_t byte : piece) Watch(byte);
}

absl::StatusOr<MediaType> MediaDetector::Finish() const {
  const std::string_view head = crypto::AsText(head_);
  if (head.empty()) return absl::InvalidArgumentError("the file is empty; attach one that is not");
  if (Begins(head, "%PDF-")) return MediaType::kPdf;
  if (Begins(head, "\x89PNG\r\n\x1A\n")) return MediaType::kPng;
  if (Begins(head, "\xFF\xD8\xFF")) return MediaType::kJpeg;
  if (Begins(head, "RIFF") && head.substr(std::min<size_t>(head.size(), 8), 4) == "WEBP") {
    return MediaType::kWebp;
  }
  if (Begins(head, "PK\x03\x04")) {
    return Refused(
        "a ZIP archive or an Office file (export a chat without media, and attach its pictures one "
        "by one)");
  }
  if (Begins(head, "\xD0\xCF\x11\xE0")) return Refused("an Office file");
  if (Begins(head,
             "\x7F"
             "ELF") ||
      Begins(head, "MZ"))
    return Refused("a program");
  if (!zero_ && IsEmail(head)) return MediaType::kEmail;
  if (IsMarkupOrScript(head)) return Refused("HTML, SVG, XML or a script");
  if (zero_ || control_ || !utf8_ || expected_ > 0) return Refused("of a kind that is not known");
  return MediaType::kText;
}

}  // namespace daftar::evidence
