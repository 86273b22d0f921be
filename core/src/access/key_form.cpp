// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/key_form.h"

#include "access/base62.h"
#include "access/meta_key.h"
#include "access/pi_digits.h"
#include "base/hash.h"
#include "crypto/crypto.h"

#include <carma/assert.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace carma {

namespace {

using namespace access;

constexpr std::array<std::string_view, 5> kPermissions{"ro", "rw", "admin", "svc", "custom"};
constexpr std::size_t kPositionCharsMax = 10;

bool isHexDigit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLower(char c) { return c >= 'a' && c <= 'z'; }

/// What stands at a place, for messages. Never used within the secret.
std::string shown(std::string_view text, std::size_t at)
{
    if (at >= text.size()) {
        return "the end";
    }
    const char c = text[at];
    if (c > ' ' && c < 0x7F) {
        return std::string("'") + c + "'";
    }
    return "the byte 0x" + toHex(asBytes(text.substr(at, 1)));
}

Error wrongAt(std::string_view part, std::size_t at, const std::string& what)
{
    return {ErrorCode::InvalidArgument, "no key: " + std::string(part) + ", character " + std::to_string(at + 1) + ": " + what};
}

/// Takes a key apart from left to right and knows where it stands.
class KeyCursor {
public:
    explicit KeyCursor(std::string_view text) : m_text(text) {}

    Result<void> word(std::string_view expected)
    {
        for (std::size_t i = 0; i < expected.size(); ++i) {
            if (m_at + i >= m_text.size() || m_text[m_at + i] != expected[i]) {
                return wrongAt("'" + std::string(expected) + "'", m_at + i,
                    "'" + std::string(1, expected[i]) + "' is wanted, " + shown(m_text, m_at + i) + " is there");
            }
        }
        m_at += expected.size();
        return {};
    }
    /// Between `least` and `most` characters of a kind.
    Result<std::string_view> run(std::string_view part, bool (*isOfKind)(char), std::string_view kind, std::size_t least, std::size_t most)
    {
        std::size_t size = 0;
        while (size < most && m_at + size < m_text.size() && isOfKind(m_text[m_at + size])) {
            ++size;
        }
        if (size < least) {
            // A check that is looked for too early or too late is a piece of the secret.
            const bool open = part != kSecretPart && part != kCheckPart;
            const std::string there = open || m_at + size >= m_text.size() ? shown(m_text, m_at + size) : "something else";
            return wrongAt(part, m_at + size, std::string(kind) + " is wanted, " + there + " is there");
        }
        const std::string_view found = m_text.substr(m_at, size);
        m_at += size;
        return found;
    }
    [[nodiscard]] std::size_t at() const { return m_at; }
    [[nodiscard]] bool atEnd() const { return m_at == m_text.size(); }

    static constexpr std::string_view kSecretPart = "the secret";
    static constexpr std::string_view kCheckPart = "the check";

private:
    std::string_view m_text;
    std::size_t m_at = 0;
};

Result<std::uint64_t> readPosition(KeyCursor& cursor)
{
    const std::size_t begin = cursor.at();
    CARMA_TRY_ASSIGN(const std::string_view digits, cursor.run("the position", isDigit, "a digit", 1, kPositionCharsMax));
    std::uint64_t position = 0;
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), position);
    if (digits.size() > 1 && digits.front() == '0') {
        return wrongAt("the position", begin, "a position has no leading zero");
    }
    if (position >= kSeats) {
        return wrongAt("the position", begin, "the world has " + std::to_string(kSeats) + " seats, counted from 0");
    }
    return position;
}

Result<void> readSecretAndCheck(KeyCursor& cursor, std::string_view text)
{
    const std::size_t begin = cursor.at();
    CARMA_TRY_ASSIGN(
        const std::string_view secret, cursor.run(KeyCursor::kSecretPart, isBase62, "a letter or digit", kSecretChars, kSecretChars));
    const std::size_t checkBegin = cursor.at();
    CARMA_TRY_ASSIGN(
        const std::string_view check, cursor.run(KeyCursor::kCheckPart, isBase62, "a letter or digit", kCheckChars, kCheckChars));
    if (!cursor.atEnd()) {
        return wrongAt("the end", cursor.at(), "the key should end here");
    }
    SecretBytes bytes(kKeySecretBytes);
    if (!readBase62(secret, std::span<std::byte, kKeySecretBytes>(bytes.span()))) {
        return wrongAt("the secret", begin, "it has more than 256 bits");
    }
    const auto said = readCheckChars(check);
    if (!said || *said != crc32(asBytes(text.substr(0, checkBegin)))) {
        return wrongAt("the check", checkBegin, "it does not fit what stands before it: a character was changed or swapped");
    }
    return {};
}

/// A key by its form, its CRC and the range of each field; the meta key is yet to be compared.
struct Form {
    std::string_view user;
    std::uint64_t position = 0;
    KeyPermission permission{};
    std::uint32_t meta = 0;
    std::size_t metaAt = 0;
};

Result<Form> readForm(std::string_view text)
{
    if (text.size() > kKeyTextMax) {
        return wrongAt("the end", kKeyTextMax, "a key has at most " + std::to_string(kKeyTextMax) + " characters");
    }
    KeyCursor cursor(text);
    Form form;
    CARMA_TRY(cursor.word(kKeyBegin));
    CARMA_TRY_ASSIGN(form.user, cursor.run("the user", isHexDigit, "one of 0-9a-f", kUserChars, kUserChars));
    CARMA_TRY(cursor.word("_pi_"));
    CARMA_TRY_ASSIGN(form.position, readPosition(cursor));
    CARMA_TRY(cursor.word("_perm_"));
    const std::size_t permissionAt = cursor.at();
    CARMA_TRY_ASSIGN(const std::string_view word, cursor.run("the permission", isLower, "a letter", 1, kKeyTextMax));
    const auto permission = parsePermission(word);
    if (!permission.has_value()) {
        return wrongAt("the permission", permissionAt, permission.error().message);
    }
    form.permission = *permission;
    CARMA_TRY(cursor.word("_meta_"));
    form.metaAt = cursor.at();
    CARMA_TRY_ASSIGN(const std::string_view meta, cursor.run("the meta key", isDigit, "a digit", kMetaChars, kMetaChars));
    (void)std::from_chars(meta.data(), meta.data() + meta.size(), form.meta);
    CARMA_TRY(cursor.word("_quantum_"));
    CARMA_TRY(readSecretAndCheck(cursor, text));
    return form;
}

Error wrongMeta(const Form& form) { return wrongAt("the meta key", form.metaAt, "it does not follow from user, position and permission"); }

std::uint32_t numberOf(std::string_view user)
{
    std::uint32_t number = 0;
    (void)std::from_chars(user.data(), user.data() + user.size(), number, 16);
    return number;
}

} // namespace

std::string_view name(KeyPermission permission)
{
    const auto number = static_cast<std::size_t>(permission);
    return number < kPermissions.size() ? kPermissions.at(number) : "unknown";
}

Result<KeyPermission> parsePermission(std::string_view text)
{
    const auto* const found = std::ranges::find(kPermissions, text);
    if (found == kPermissions.end()) {
        return Error{ErrorCode::InvalidArgument, "a permission is ro, rw, admin, svc or custom"};
    }
    return static_cast<KeyPermission>(found - kPermissions.begin());
}

Result<KeyParts> access::takeApart(std::string_view text)
{
    CARMA_TRY_ASSIGN(const Form form, readForm(text));
    KeyParts parts;
    parts.user = form.user;
    parts.position = form.position;
    parts.permission = form.permission;
    parts.meta = form.meta;
    parts.piWord = builtInPi().word(form.position);
    if (form.meta != metaKey({numberOf(form.user), form.position, parts.piWord, form.permission})) {
        return wrongMeta(form);
    }
    return parts;
}

Result<void> access::checkMade(std::string_view text, const KeyStem& stem)
{
    CARMA_TRY_ASSIGN(const Form form, readForm(text));
    const KeyParts& parts = stem.parts;
    if (form.user != parts.user || form.position != parts.position || form.permission != parts.permission || form.meta != parts.meta) {
        return wrongMeta(form); // that of the stem follows from its fields
    }
    return {};
}

std::uint64_t access::fingerprintOf(std::string_view text)
{
    const crypto::Digest digest = crypto::sha256({asBytes("carma key fingerprint"), asBytes(text)});
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i) {
        number = number << 8U | std::to_integer<std::uint64_t>(digest.at(i));
    }
    return number;
}

Result<KeyParts> parseKey(std::string_view text)
{
    CARMA_TRY_ASSIGN(KeyParts parts, takeApart(text));
    parts.fingerprint = fingerprintOf(text);
    return parts;
}

std::string_view keyPattern()
{
    return "carma_[0-9a-f]{8}_pi_[0-9]{1,10}_perm_(ro|rw|admin|svc|custom)_meta_[0-9]{6}_quantum_[0-9A-Za-z]{49}";
}

namespace access {

namespace {

MetaFields metaFieldsOf(const KeyParts& parts) { return {numberOf(parts.user), parts.position, parts.piWord, parts.permission}; }

/// All parts but the meta key.
void prepare(const StemFields& fields, KeyStem& stem)
{
    CARMA_ASSERT(fields.user.size() == kUserChars && std::ranges::all_of(fields.user, isHexDigit) && fields.position < kSeats);
    stem.parts.user = fields.user;
    stem.parts.position = fields.position;
    stem.parts.permission = fields.permission;
    stem.parts.piWord = builtInPi().word(fields.position);
}

void writeStem(KeyStem& stem)
{
    char* at = stem.chars.data();
    const auto put = [&](std::string_view text) { at = std::ranges::copy(text, at).out; };
    put(kKeyBegin);
    put(stem.parts.user);
    put("_pi_");
    at = std::to_chars(at, stem.chars.data() + stem.chars.size(), stem.parts.position).ptr;
    put("_perm_");
    put(name(stem.parts.permission));
    put("_meta_");
    std::uint32_t rest = stem.parts.meta;
    for (std::size_t i = kMetaChars; i-- > 0; rest /= 10) {
        at[i] = static_cast<char>('0' + rest % 10);
    }
    at += kMetaChars;
    put("_quantum_");
    stem.size = static_cast<std::size_t>(at - stem.chars.data());
}

} // namespace

KeyStem makeStem(std::string_view user, std::uint64_t position, KeyPermission permission)
{
    KeyStem stem;
    const StemFields fields{user, position, permission};
    prepare(fields, stem);
    stem.parts.meta = metaKey(metaFieldsOf(stem.parts));
    writeStem(stem);
    return stem;
}

void makeStems(std::span<const StemFields> fields, std::span<KeyStem> stems)
{
    CARMA_ASSERT(stems.size() == fields.size());
    constexpr std::size_t kAtOnce = 64;
    std::array<MetaFields, kAtOnce> asked;
    std::array<std::uint32_t, kAtOnce> metas;
    for (std::size_t at = 0; at < fields.size(); at += kAtOnce) {
        const std::size_t count = std::min(kAtOnce, fields.size() - at);
        for (std::size_t i = 0; i < count; ++i) {
            prepare(fields[at + i], stems[at + i]);
            asked[i] = metaFieldsOf(stems[at + i].parts);
        }
        metaKeys(std::span(asked).first(count), std::span(metas).first(count));
        for (std::size_t i = 0; i < count; ++i) {
            stems[at + i].parts.meta = metas[i];
            writeStem(stems[at + i]);
        }
    }
}

std::size_t writeKey(const KeyStem& stem, ByteView secret, std::span<char, kKeyFormMax> out)
{
    CARMA_ASSERT(stem.size + kSecretChars + kCheckChars <= kKeyFormMax);
    std::size_t size = stem.size;
    std::memcpy(out.data(), stem.chars.data(), size);
    writeBase62(secret, std::span<char, kSecretChars>(out.data() + size, kSecretChars));
    size += kSecretChars;
    const auto check = checkChars(crc32(asBytes({out.data(), size})));
    std::memcpy(out.data() + size, check.data(), check.size());
    return size + check.size();
}

} // namespace access

} // namespace carma
