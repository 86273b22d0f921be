// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/entry_body.h"

#include "base/body_version.h"

#include <array>
#include <cstring>

namespace carma::audit {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kWhat = "an audit record";
constexpr std::uint8_t kHasBefore = 1U << 0U;
constexpr std::uint8_t kHasAfter = 1U << 1U;
constexpr std::uint8_t kKnownFlags = kHasBefore | kHasAfter;
constexpr std::size_t kSpaceAt = 4;

Error corrupt() { return unreadableBody(kWhat); }

void readDigest(ByteReader& reader, crypto::Digest& digest)
{
    const ByteView bytes = reader.raw(digest.size());
    if (bytes.size() == digest.size()) {
        std::memcpy(digest.data(), bytes.data(), digest.size());
    }
}

Bytes encodePersonal(const PersonalFields& fields)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.text(fields.actor);
    writer.text(fields.subject);
    writer.text(fields.detail);
    writer.text(fields.reason);
    return bytes;
}

Result<PersonalFields> decodePersonal(ByteView bytes)
{
    ByteReader reader(bytes);
    PersonalFields fields;
    fields.actor = reader.text();
    fields.subject = reader.text();
    fields.detail = reader.text();
    fields.reason = reader.text();
    if (!reader.atEnd()) {
        return corrupt();
    }
    return fields;
}

} // namespace

AuditClass classOf(std::string_view action)
{
    constexpr std::array<std::string_view, 4> kReads{"memory.query", "memory.show", "memory.export", "subject.export"};
    constexpr std::array<std::string_view, 6> kGuards{"access.", "anomaly.", "audit.", "block.", "key.", "subject."};
    for (const std::string_view read : kReads) {
        if (action == read) {
            return AuditClass::Access;
        }
    }
    for (const std::string_view guard : kGuards) {
        if (action.starts_with(guard)) {
            return AuditClass::Security;
        }
    }
    return AuditClass::Change;
}

Bytes encodeEntry(const EntryBody& body, const crypto::AeadKey* key, ByteView nonce)
{
    const bool hasBefore = body.before != crypto::Digest{};
    const bool hasAfter = body.after != crypto::Digest{};
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kVersion);
    writer.number(static_cast<std::uint8_t>(body.outcome));
    writer.number(static_cast<std::uint8_t>(body.kind));
    writer.number(static_cast<std::uint8_t>((hasBefore ? kHasBefore : 0U) | (hasAfter ? kHasAfter : 0U)));
    writer.id(body.space);
    writer.text(body.action);
    writer.text(body.object);
    writer.text(body.requestId);
    if (hasBefore) {
        writer.raw(body.before);
    }
    if (hasAfter) {
        writer.raw(body.after);
    }
    const Bytes personal = encodePersonal(body.personal);
    if (key == nullptr) {
        writer.raw(personal);
        return bytes;
    }
    const Bytes head = bytes; // what is said in the clear is vouched for by the subject's key as well
    key->seal(nonce, head, personal, bytes);
    return bytes;
}

Result<NamespaceId> spaceOf(ByteView bytes)
{
    if (bytes.size() < kSpaceAt + sizeof(NamespaceId::bytes)) {
        return corrupt();
    }
    return ByteReader(bytes.subspan(kSpaceAt)).id<NamespaceId>();
}

Result<EntryBody> decodeEntry(ByteView bytes, const crypto::AeadKey* key)
{
    CARMA_TRY_ASSIGN(ByteReader reader, openBody(bytes, kVersion, kWhat));
    EntryBody body;
    const auto outcome = reader.number<std::uint8_t>();
    const auto kind = reader.number<std::uint8_t>();
    const auto flags = reader.number<std::uint8_t>();
    body.space = reader.id<NamespaceId>();
    body.action = reader.text();
    body.object = reader.text();
    body.requestId = reader.text();
    if (outcome > static_cast<std::uint8_t>(AuditOutcome::Failed) || kind >= kAuditClasses || (flags & ~kKnownFlags) != 0) {
        return corrupt();
    }
    body.outcome = static_cast<AuditOutcome>(outcome);
    body.kind = static_cast<AuditClass>(kind);
    if ((flags & kHasBefore) != 0) {
        readDigest(reader, body.before);
    }
    if ((flags & kHasAfter) != 0) {
        readDigest(reader, body.after);
    }
    if (reader.failed()) {
        return corrupt();
    }
    if (body.space.isNull()) {
        CARMA_TRY_ASSIGN(body.personal, decodePersonal(reader.rest()));
        return body;
    }
    if (key == nullptr) {
        body.erased = true;
        return body;
    }
    CARMA_TRY_ASSIGN(const Bytes opened, key->open(bytes.first(bytes.size() - reader.rest().size()), reader.rest()));
    CARMA_TRY_ASSIGN(body.personal, decodePersonal(opened));
    return body;
}

} // namespace carma::audit
