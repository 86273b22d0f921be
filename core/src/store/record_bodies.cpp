// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/record_bodies.h"

#include "base/byte_io.h"

#include <algorithm>

namespace carma::store {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kMainPart = 0;
constexpr std::uint8_t kNodePart = 1;

constexpr std::uint8_t kHasTitle = 1U << 4U;
constexpr std::uint8_t kHasTime = 1U << 5U;

Error unreadable(std::string_view what)
{
    return {ErrorCode::Corruption, "the body of a " + std::string(what) + " record is not readable"};
}

void writeVarint(ByteWriter& writer, std::uint64_t value)
{
    while (value >= 0x80) {
        writer.number(static_cast<std::uint8_t>(value | 0x80U));
        value >>= 7U;
    }
    writer.number(static_cast<std::uint8_t>(value));
}

std::uint64_t readVarint(ByteReader& reader)
{
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const auto byte = reader.number<std::uint8_t>();
        value |= std::uint64_t{byte & 0x7FU} << shift;
        if ((byte & 0x80U) == 0) {
            break;
        }
    }
    return value;
}

void writeTexts(ByteWriter& writer, const std::vector<std::string>& texts)
{
    writer.number(static_cast<std::uint32_t>(texts.size()));
    for (const std::string& text : texts) {
        writer.text(text);
    }
}

/// Reads a count and as many items. A count that the rest cannot hold ends in a failed reader, not in an allocation.
template <typename Item, typename Read> std::vector<Item> readList(ByteReader& reader, Read read)
{
    std::vector<Item> items;
    const auto count = reader.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
        items.push_back(read());
    }
    return items;
}

std::vector<std::string> readTexts(ByteReader& reader)
{
    return readList<std::string>(reader, [&] { return reader.text(); });
}

template <typename Number> std::vector<Number> readNumbers(ByteReader& reader)
{
    return readList<Number>(reader, [&] { return reader.number<Number>(); });
}

void writeNumbers(ByteWriter& writer, const std::vector<Sequence>& numbers)
{
    writer.number(static_cast<std::uint32_t>(numbers.size()));
    writer.raw(std::as_bytes(std::span(numbers)));
}

void writeIds(ByteWriter& writer, const std::vector<FragmentId>& ids)
{
    writer.number(static_cast<std::uint32_t>(ids.size()));
    for (const FragmentId& id : ids) {
        writer.id(id);
    }
}

std::vector<FragmentId> readIds(ByteReader& reader)
{
    return readList<FragmentId>(reader, [&] { return reader.id<FragmentId>(); });
}

void writeNodes(ByteWriter& writer, std::span<const ingest::Node> nodes)
{
    writer.number(static_cast<std::uint32_t>(nodes.size()));
    std::uint64_t previous = 0;
    for (const ingest::Node& node : nodes) {
        const unsigned head = static_cast<unsigned>(node.level) | (node.title.empty() ? 0U : kHasTitle) |
            (node.timeUs == 0 ? 0U : kHasTime);
        writer.number(static_cast<std::uint8_t>(head));
        writeVarint(writer, node.parent);
        writeVarint(writer, node.order);
        // Depth-first order keeps offsets close to the one before; the sign goes into the lowest bit.
        const auto step = static_cast<std::int64_t>(node.offset - previous);
        writeVarint(writer, (static_cast<std::uint64_t>(step) << 1U) ^ static_cast<std::uint64_t>(step >> 63));
        writeVarint(writer, node.bytes);
        if (!node.title.empty()) {
            writer.text(node.title);
        }
        if (node.timeUs != 0) {
            writer.number(node.timeUs);
        }
        previous = node.offset;
    }
}

std::vector<ingest::Node> readNodes(ByteReader& reader)
{
    std::uint64_t previous = 0;
    return readList<ingest::Node>(reader, [&] {
        ingest::Node node;
        const auto head = reader.number<std::uint8_t>();
        node.level = static_cast<ingest::Level>(head & 3U);
        node.parent = static_cast<std::uint32_t>(readVarint(reader));
        node.order = static_cast<std::uint32_t>(readVarint(reader));
        const std::uint64_t step = readVarint(reader);
        node.offset = previous + ((step >> 1U) ^ (~(step & 1U) + 1U));
        node.bytes = readVarint(reader);
        if ((head & kHasTitle) != 0) {
            node.title = reader.text();
        }
        if ((head & kHasTime) != 0) {
            node.timeUs = reader.number<std::int64_t>();
        }
        previous = node.offset;
        return node;
    });
}

crypto::Digest readDigest(ByteReader& reader)
{
    crypto::Digest digest{};
    const ByteView bytes = reader.raw(digest.size());
    std::ranges::copy(bytes, digest.begin());
    return digest;
}

} // namespace

FragmentId documentOf(const FragmentId& node)
{
    FragmentId id = node;
    std::fill(id.bytes.end() - kNodeBits / 8, id.bytes.end(), std::uint8_t{0});
    return id;
}

std::uint32_t nodeNumber(const FragmentId& node)
{
    return static_cast<std::uint32_t>(node.bytes[13] << 16U | node.bytes[14] << 8U | node.bytes[15]);
}

Bytes encodeFragment(const FragmentBody& body)
{
    Bytes bytes;
    bytes.reserve(96 + body.text.size());
    ByteWriter writer(bytes);
    writer.number(kVersion);
    writer.number(static_cast<std::uint8_t>(body.lone ? 1 : 0));
    writer.id(body.document);
    writer.number(body.node);
    writer.number(body.parent);
    writer.number(body.order);
    writer.number(body.number);
    writer.number(body.offset);
    writer.number(body.timeUs);
    if (body.lone) {
        writer.text(body.title);
        writer.text(body.externalId);
        writeTexts(writer, body.tags);
        writer.id(body.replaces);
    }
    writer.text(body.text);
    return bytes;
}

Result<FragmentBody> decodeFragment(ByteView bytes)
{
    ByteReader reader(bytes);
    FragmentBody body;
    const auto version = reader.number<std::uint8_t>();
    body.lone = reader.number<std::uint8_t>() != 0;
    body.document = reader.id<FragmentId>();
    body.node = reader.number<std::uint32_t>();
    body.parent = reader.number<std::uint32_t>();
    body.order = reader.number<std::uint32_t>();
    body.number = reader.number<std::uint32_t>();
    body.offset = reader.number<std::uint64_t>();
    body.timeUs = reader.number<std::int64_t>();
    if (body.lone) {
        body.title = reader.text();
        body.externalId = reader.text();
        body.tags = readTexts(reader);
        body.replaces = reader.id<FragmentId>();
    }
    body.text = reader.text();
    if (version != kVersion || !reader.atEnd()) {
        return unreadable("fragment");
    }
    return body;
}

Bytes encodeDocument(const DocumentBody& body)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kVersion);
    writer.number(kMainPart);
    writer.id(body.id);
    for (const std::string* text : {&body.path, &body.title, &body.mediaType, &body.externalId}) {
        writer.text(*text);
    }
    writeTexts(writer, body.tags);
    writer.number(static_cast<std::uint32_t>(body.metadata.size()));
    for (const auto& [key, value] : body.metadata) {
        writer.text(key);
        writer.text(value);
    }
    writer.raw(body.digest);
    writer.number(body.originalBytes);
    writer.number(body.modifiedUs);
    writer.id(body.replaces);
    writer.number(static_cast<std::uint8_t>(body.textIsOriginal ? 1 : 0));
    writer.number(body.passages);
    writeNumbers(writer, body.pieces);
    writeNumbers(writer, body.nodeParts);
    writeNodes(writer, body.nodes);
    return bytes;
}

Result<DocumentBody> decodeDocument(ByteView bytes)
{
    ByteReader reader(bytes);
    DocumentBody body;
    const auto version = reader.number<std::uint8_t>();
    const auto part = reader.number<std::uint8_t>();
    body.id = reader.id<FragmentId>();
    for (std::string* text : {&body.path, &body.title, &body.mediaType, &body.externalId}) {
        *text = reader.text();
    }
    body.tags = readTexts(reader);
    body.metadata = readList<std::pair<std::string, std::string>>(reader, [&] {
        std::string key = reader.text();
        return std::pair(std::move(key), reader.text());
    });
    body.digest = readDigest(reader);
    body.originalBytes = reader.number<std::uint64_t>();
    body.modifiedUs = reader.number<std::int64_t>();
    body.replaces = reader.id<FragmentId>();
    body.textIsOriginal = reader.number<std::uint8_t>() != 0;
    body.passages = reader.number<std::uint32_t>();
    body.pieces = readNumbers<Sequence>(reader);
    body.nodeParts = readNumbers<Sequence>(reader);
    body.nodes = readNodes(reader);
    if (version != kVersion || part != kMainPart || !reader.atEnd()) {
        return unreadable("document");
    }
    return body;
}

bool isNodePart(ByteView bytes) { return bytes.size() >= 2 && bytes[1] == std::byte{kNodePart}; }

Bytes encodeNodePart(const FragmentId& document, std::span<const ingest::Node> nodes)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kVersion);
    writer.number(kNodePart);
    writer.id(document);
    writeNodes(writer, nodes);
    return bytes;
}

Result<std::vector<ingest::Node>> decodeNodePart(ByteView bytes, const FragmentId& document)
{
    ByteReader reader(bytes);
    const auto version = reader.number<std::uint8_t>();
    const auto part = reader.number<std::uint8_t>();
    const auto id = reader.id<FragmentId>();
    std::vector<ingest::Node> nodes = readNodes(reader);
    if (version != kVersion || part != kNodePart || id != document || !reader.atEnd()) {
        return unreadable("document");
    }
    return nodes;
}

Bytes encodeForget(const ForgetBody& body)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kVersion);
    writeIds(writer, body.documents);
    writeIds(writer, body.fragments);
    writeNumbers(writer, body.sequences);
    return bytes;
}

Result<ForgetBody> decodeForget(ByteView bytes)
{
    ByteReader reader(bytes);
    ForgetBody body;
    const auto version = reader.number<std::uint8_t>();
    body.documents = readIds(reader);
    body.fragments = readIds(reader);
    body.sequences = readNumbers<Sequence>(reader);
    if (version != kVersion || !reader.atEnd()) {
        return unreadable("forget");
    }
    return body;
}

Bytes encodeNamespace(const NamespaceBody& body)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kVersion);
    writer.id(body.id);
    writer.text(body.name);
    writer.blob(body.wrappedKey);
    return bytes;
}

Result<NamespaceBody> decodeNamespace(ByteView bytes)
{
    ByteReader reader(bytes);
    NamespaceBody body;
    const auto version = reader.number<std::uint8_t>();
    body.id = reader.id<NamespaceId>();
    body.name = reader.text();
    body.wrappedKey = toBytes(reader.blob());
    if (version != kVersion || !reader.atEnd()) {
        return unreadable("namespace");
    }
    return body;
}

Bytes encodeFaults(std::span<const Fault> faults)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kVersion);
    writer.number(static_cast<std::uint32_t>(faults.size()));
    for (const Fault& fault : faults) {
        writer.number(static_cast<std::uint8_t>(fault.kind));
        writer.number(static_cast<std::uint8_t>(fault.outcome));
        writer.text(fault.file);
        writer.number(fault.sector);
        writer.number(fault.flippedBits);
        writer.number(fault.seenUs);
    }
    return bytes;
}

Result<std::vector<Fault>> decodeFaults(ByteView bytes)
{
    ByteReader reader(bytes);
    const auto version = reader.number<std::uint8_t>();
    auto faults = readList<Fault>(reader, [&] {
        Fault fault;
        fault.kind = static_cast<FaultKind>(std::min<std::uint8_t>(reader.number<std::uint8_t>(), 5));
        fault.outcome = static_cast<FaultOutcome>(std::min<std::uint8_t>(reader.number<std::uint8_t>(), 2));
        fault.file = reader.text();
        fault.sector = reader.number<std::uint64_t>();
        fault.flippedBits = reader.number<std::uint32_t>();
        fault.seenUs = reader.number<std::int64_t>();
        return fault;
    });
    if (version != kVersion || !reader.atEnd()) {
        return unreadable("fault");
    }
    return faults;
}

} // namespace carma::store
