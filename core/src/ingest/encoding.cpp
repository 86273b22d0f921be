// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/encoding.h"

#include "ingest/text_check.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace carma::ingest {

namespace {

constexpr std::int32_t kConfidenceMin = 10;        ///< ICU's own scale; below this it only guesses
constexpr std::int32_t kCandidatesMax = 5;         ///< each is tried on the whole text
constexpr std::size_t kDetectBytes = 256U << 10U;  ///< more does not change what is likely
constexpr std::size_t kConvertBytes = 512U << 10U; ///< converted at once

struct ConverterClose {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
};
struct DetectorClose {
    void operator()(UCharsetDetector* detector) const { ucsdet_close(detector); }
};

bool isText(std::string_view text)
{
    std::size_t controls = 0;
    for (const char c : text) {
        const auto byte = static_cast<std::uint8_t>(c);
        controls += (byte < 0x20 && !isBlank(c) && byte != 0x1B) || byte == 0x7F ? 1U : 0U;
    }
    // U+0080 to U+009F: what text in an encoding that it was not written in looks like.
    for (std::size_t at = text.find('\xC2'); at != std::string_view::npos && at + 1 < text.size(); at = text.find('\xC2', at + 1)) {
        controls += static_cast<std::uint8_t>(text[at + 1]) < 0xA0 && text[at + 1] != '\x85' ? 1U : 0U;
    }
    return !text.empty() && text.find('\0') == std::string_view::npos && controls * 100 <= text.size();
}

/// `bytes` from `encoding` to UTF-8; no value if one sequence is illegal there, or the result is no text.
std::optional<std::string> convert(std::string_view bytes, const char* encoding)
{
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UConverter, ConverterClose> from(ucnv_open(encoding, &status));
    const std::unique_ptr<UConverter, ConverterClose> to(ucnv_open("UTF-8", &status));
    if (U_FAILURE(status)) {
        return std::nullopt;
    }
    ucnv_setToUCallBack(from.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
    std::string text;
    std::vector<char> buffer(kConvertBytes);
    std::array<UChar, 4096> pivot{};
    UChar* pivotSource = pivot.data();
    UChar* pivotTarget = pivot.data();
    const char* source = bytes.data();
    const char* const end = source + bytes.size();
    bool first = true;
    while (true) {
        char* target = buffer.data();
        status = U_ZERO_ERROR;
        ucnv_convertEx(to.get(), from.get(), &target, buffer.data() + buffer.size(), &source, end, pivot.data(), &pivotSource, &pivotTarget,
            pivot.data() + pivot.size(), first ? 1 : 0, 1, &status);
        first = false;
        text.append(buffer.data(), target);
        if (status != U_BUFFER_OVERFLOW_ERROR) {
            break;
        }
    }
    if (U_FAILURE(status)) {
        return std::nullopt;
    }
    text.erase(0, text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    return isText(text) ? std::optional(std::move(text)) : std::nullopt;
}

/// UTF-16 without a mark: ASCII characters have their zero bytes all at odd or all at even places.
std::string_view sixteenBit(std::string_view bytes)
{
    std::array<std::size_t, 2> zeros{};
    const std::string_view start = bytes.substr(0, kDetectBytes);
    for (std::size_t i = 0; i < start.size(); ++i) {
        zeros[i % 2] += start[i] == '\0' ? 1U : 0U;
    }
    if (bytes.size() % 2 != 0 || (zeros[0] == 0) == (zeros[1] == 0) || (zeros[0] + zeros[1]) * 20 < start.size()) {
        return {};
    }
    return zeros[0] == 0 ? "UTF-16LE" : "UTF-16BE";
}

std::string_view marked(std::string_view bytes)
{
    using namespace std::string_view_literals;
    if (bytes.starts_with("\xFF\xFE\0\0"sv)) {
        return "UTF-32";
    }
    if (bytes.starts_with("\0\0\xFE\xFF"sv)) {
        return "UTF-32";
    }
    return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF") ? "UTF-16" : "";
}

std::optional<DecodedText> as(std::string_view bytes, std::string_view encoding)
{
    const std::string name(encoding.substr(0, 60));
    auto text = name.empty() ? std::nullopt : convert(bytes, name.c_str());
    return text ? std::optional(DecodedText{std::move(*text), name}) : std::nullopt;
}

/// UTF-8 with a few bad bytes: any other reading of it would be wrong from end to end. In other encodings two bytes make a
/// letter of UTF-8 by chance only.
bool isBrokenUtf8(std::string_view text)
{
    std::size_t letters = 0;
    std::size_t faults = 0;
    for (; !text.empty(); ++faults) {
        const std::size_t valid = validUtf8Prefix(text);
        letters += static_cast<std::size_t>(std::count_if(
            text.begin(), text.begin() + static_cast<std::ptrdiff_t>(valid), [](char c) { return static_cast<std::uint8_t>(c) >= 0xC2; }));
        text.remove_prefix(std::min(valid + 1, text.size()));
    }
    return letters > 2 * faults;
}

std::optional<DecodedText> detected(std::string_view bytes)
{
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UCharsetDetector, DetectorClose> detector(ucsdet_open(&status));
    const std::string_view start = bytes.substr(0, kDetectBytes);
    ucsdet_setText(detector.get(), start.data(), static_cast<std::int32_t>(start.size()), &status);
    std::int32_t count = 0;
    const UCharsetMatch** const matches = ucsdet_detectAll(detector.get(), &count, &status);
    for (std::int32_t i = 0; U_SUCCESS(status) && i < std::min(count, kCandidatesMax); ++i) {
        const char* const name = ucsdet_getName(matches[i], &status);
        if (U_SUCCESS(status) && ucsdet_getConfidence(matches[i], &status) >= kConfidenceMin) {
            // Latin-1 as it is written has the quotes of Windows in it.
            const bool latin = std::string_view(name) == "ISO-8859-1";
            if (auto text = as(bytes, latin ? "windows-1252" : name)) {
                text->encoding = name;
                return text;
            }
        }
    }
    return std::nullopt;
}

} // namespace

Result<DecodedText> decodeText(ByteView bytes, std::string_view hint)
{
    const std::string_view text = asText(bytes);
    if (const auto mark = marked(text); !mark.empty()) {
        if (auto found = as(text, mark)) {
            return *std::move(found);
        }
        return {ErrorCode::InvalidArgument, "begins with the mark of " + std::string(mark) + " and is not written in it"};
    }
    if (const std::string lower = lowerAscii(hint); !lower.empty() && lower != "utf-8" && lower != "utf8" && lower != "us-ascii") {
        if (auto found = as(text, hint)) {
            return *std::move(found);
        }
    }
    if (validUtf8Prefix(text) == text.size() && isText(text)) {
        return DecodedText{std::string(text.substr(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0)), "UTF-8"};
    }
    if (const auto wide = sixteenBit(text); !wide.empty()) {
        if (auto found = as(text, wide)) {
            return *std::move(found);
        }
    }
    if (text.find('\0') == std::string_view::npos && !isBrokenUtf8(text)) {
        if (auto found = detected(text)) {
            return *std::move(found);
        }
    }
    return {ErrorCode::InvalidArgument, "is no text in an encoding that can be told"};
}

} // namespace carma::ingest
