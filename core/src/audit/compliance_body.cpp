// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit/compliance_body.h"

#include "base/body_version.h"

#include <cstring>

namespace carma::audit {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kWhat = "a compliance record";

/// Part of the stored format, do not renumber.
enum class Kind : std::uint8_t { Policy = 1, Hold = 2, Erasure = 3, Witnessed = 4 };

constexpr unsigned kQueries = 1U << 0U;
constexpr unsigned kShows = 1U << 1U;
constexpr unsigned kExports = 1U << 2U;

void write(ByteWriter& writer, const AuditPolicy& policy)
{
    writer.number(static_cast<std::uint8_t>(Kind::Policy));
    writer.number(
        static_cast<std::uint8_t>((policy.queries ? kQueries : 0U) | (policy.shows ? kShows : 0U) | (policy.exports ? kExports : 0U)));
    for (const std::uint32_t days : policy.retentionDays) {
        writer.number(days);
    }
}

void write(ByteWriter& writer, const HoldChange& hold)
{
    writer.number(static_cast<std::uint8_t>(Kind::Hold));
    writer.number(static_cast<std::uint8_t>(hold.placed ? 1 : 0));
    writer.id(hold.space);
    writer.id(hold.document);
    writer.text(hold.reason);
}

void write(ByteWriter& writer, const Erasure& erasure)
{
    writer.number(static_cast<std::uint8_t>(Kind::Erasure));
    writer.number(static_cast<std::uint8_t>(erasure.done ? 1 : 0));
    writer.id(erasure.space);
    writer.number(erasure.recordsPurged);
    for (const Sequence sequence : erasure.also) {
        writer.number(sequence);
    }
}

void write(ByteWriter& writer, const WitnessedHead& head)
{
    writer.number(static_cast<std::uint8_t>(Kind::Witnessed));
    writer.text(head.origin);
    writer.number(head.size);
    writer.raw(head.root);
}

Compliance readPolicy(ByteReader& reader)
{
    AuditPolicy policy;
    const auto flags = reader.number<std::uint8_t>();
    policy.queries = (flags & kQueries) != 0;
    policy.shows = (flags & kShows) != 0;
    policy.exports = (flags & kExports) != 0;
    for (std::uint32_t& days : policy.retentionDays) {
        days = reader.number<std::uint32_t>();
    }
    return policy;
}

Compliance readHold(ByteReader& reader)
{
    HoldChange hold;
    hold.placed = reader.number<std::uint8_t>() != 0;
    hold.space = reader.id<NamespaceId>();
    hold.document = reader.id<FragmentId>();
    hold.reason = reader.text();
    return hold;
}

Compliance readErasure(ByteReader& reader)
{
    Erasure erasure;
    erasure.done = reader.number<std::uint8_t>() != 0;
    erasure.space = reader.id<NamespaceId>();
    erasure.recordsPurged = reader.number<std::uint64_t>();
    while (reader.rest().size() >= sizeof(Sequence) && !reader.failed()) {
        erasure.also.push_back(reader.number<Sequence>());
    }
    return erasure;
}

Compliance readWitnessed(ByteReader& reader)
{
    WitnessedHead head;
    head.origin = reader.text();
    head.size = reader.number<std::uint64_t>();
    const ByteView root = reader.raw(head.root.size());
    if (root.size() == head.root.size()) {
        std::memcpy(head.root.data(), root.data(), root.size());
    }
    return head;
}

} // namespace

Bytes encodeCompliance(const Compliance& item)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kVersion);
    std::visit([&](const auto& value) { write(writer, value); }, item);
    return bytes;
}

Result<Compliance> decodeCompliance(ByteView bytes)
{
    CARMA_TRY_ASSIGN(ByteReader reader, openBody(bytes, kVersion, kWhat));
    Compliance item;
    switch (static_cast<Kind>(reader.number<std::uint8_t>())) {
    case Kind::Policy: item = readPolicy(reader); break;
    case Kind::Hold: item = readHold(reader); break;
    case Kind::Erasure: item = readErasure(reader); break;
    case Kind::Witnessed: item = readWitnessed(reader); break;
    default: return Error{ErrorCode::Corruption, "a compliance record is of a kind that is not known"};
    }
    CARMA_TRY(closeBody(reader, kWhat));
    return item;
}

} // namespace carma::audit
