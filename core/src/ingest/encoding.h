// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/result.h>

#include <string>
#include <string_view>

/// Text in any encoding. Pure functions, thread-safe.
namespace carma::ingest {

struct DecodedText {
    std::string text;     ///< UTF-8, without byte order mark
    std::string encoding; ///< IANA's name of what it was in, for instance "Shift_JIS"
};

/// Converts to UTF-8. In this order: a byte order mark, `hint` (a charset that the file or its container names; may be
/// empty or wrong), valid UTF-8, UTF-16 by its zero bytes, then what ICU's detector finds likely
/// (https://unicode-org.github.io/icu/userguide/conversion/detection.html), of which the first counts that converts
/// without a single illegal sequence. InvalidArgument if the bytes are no text in any of these.
Result<DecodedText> decodeText(ByteView bytes, std::string_view hint = {});

} // namespace carma::ingest
