// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Mail as RFC 5322 and MIME (RFC 2045 to 2047, 2183, 2231) write it. Pure functions.
namespace carma::ingest {

inline constexpr std::size_t kHeaderLinesMax = 2000;

struct MimeEntity {
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case, values unfolded and not decoded
    std::string_view body;                                    ///< a part of the text that was parsed

    [[nodiscard]] std::string_view header(std::string_view name) const; ///< the first one, or empty
};
MimeEntity parseEntity(std::string_view text);

/// "multipart/mixed; boundary=x": the lower-case value before the first ';', and a parameter.
std::string mediaTypeOf(std::string_view value);
std::string parameterOf(std::string_view value, std::string_view name);

/// Encoded words ("=?utf-8?q?...?=") replaced; what is not UTF-8 is taken as its likely encoding.
std::string decodedHeader(std::string_view value);
std::string decodedBase64(std::string_view text);
std::string decodedQuotedPrintable(std::string_view text, bool isHeader = false);
/// Body bytes by Content-Transfer-Encoding.
std::string decodedBody(std::string_view body, std::string_view transferEncoding);

/// The parts between "--boundary" lines.
std::vector<std::string_view> multipartBodies(std::string_view body, std::string_view boundary, std::size_t partsMax);

/// "Tue, 14 May 2024 19:30:00 +0200", in microseconds since 1970.
std::optional<std::int64_t> parseMailDate(std::string_view text);

} // namespace carma::ingest
