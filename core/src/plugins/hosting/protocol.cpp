// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/hosting/protocol.h"

#include <bit>

namespace carma::plugins {

namespace {

Error malformed() { return {ErrorCode::PluginFailed, "answered with nonsense"}; }

void putNumber(ByteWriter& writer, double value) { writer.number(std::bit_cast<std::uint64_t>(value)); }
double takeNumber(ByteReader& reader) { return std::bit_cast<double>(reader.number<std::uint64_t>()); }

/// How many items follow; each takes at least `itemBytes`, so that a lie does not allocate.
std::size_t takeCount(ByteReader& reader, std::size_t itemBytes)
{
    const auto count = reader.number<std::uint32_t>();
    return count <= reader.rest().size() / itemBytes ? count : 0;
}

} // namespace

Bytes frame(FrameKind kind, ByteView payload)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kFrameMagic);
    writer.number(static_cast<std::uint32_t>(kind));
    writer.number(static_cast<std::uint64_t>(payload.size()));
    writer.raw(payload);
    return bytes;
}

FrameHead parseHead(ByteView head)
{
    ByteReader reader(head);
    const auto magic = reader.number<std::uint32_t>();
    const auto kind = reader.number<std::uint32_t>();
    const auto bytes = reader.number<std::uint64_t>();
    const bool known = magic == kFrameMagic && kind <= static_cast<std::uint32_t>(FrameKind::Log) && bytes <= kFrameBytesMax;
    return {known ? static_cast<FrameKind>(kind) : FrameKind{}, known ? bytes : 0};
}

Bytes encodeOpen(const OpenRequest& request)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.text(request.library.path);
    writer.text(request.library.name);
    writer.number(request.library.kind);
    writer.number(static_cast<std::uint32_t>(request.settings.size()));
    for (const auto& [name, value] : request.settings) {
        writer.text(name);
        writer.text(value);
    }
    return bytes;
}

Result<OpenRequest> decodeOpen(ByteView payload)
{
    ByteReader reader(payload);
    OpenRequest request;
    request.library.path = reader.text();
    request.library.name = reader.text();
    request.library.kind = reader.number<std::uint32_t>();
    for (std::size_t left = takeCount(reader, 8); left > 0; --left) {
        std::string name = reader.text();
        request.settings[std::move(name)] = reader.text();
    }
    return reader.atEnd() ? Result<OpenRequest>(std::move(request)) : malformed();
}

Bytes encodeFacts(const EmbedderFacts& facts)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.text(facts.name);
    writer.number(facts.version);
    writer.number(facts.dimension);
    writer.number(facts.batch);
    putNumber(writer, facts.advisedSemanticWeight);
    return bytes;
}

Result<EmbedderFacts> decodeFacts(ByteView payload)
{
    ByteReader reader(payload);
    EmbedderFacts facts;
    facts.name = reader.text();
    facts.version = reader.number<std::uint32_t>();
    facts.dimension = reader.number<std::uint32_t>();
    facts.batch = reader.number<std::uint32_t>();
    facts.advisedSemanticWeight = takeNumber(reader);
    return reader.atEnd() ? Result<EmbedderFacts>(std::move(facts)) : malformed();
}

Bytes encodeGap(const Gap& gap)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    for (const auto* side : {&gap.before, &gap.after}) {
        writer.number(static_cast<std::uint32_t>(side->size()));
        for (const std::string& text : *side) {
            writer.text(text);
        }
    }
    writer.number(gap.bytes);
    return bytes;
}

Result<Gap> decodeGap(ByteView payload)
{
    ByteReader reader(payload);
    Gap gap;
    for (auto* side : {&gap.before, &gap.after}) {
        for (std::size_t left = takeCount(reader, 4); left > 0; --left) {
            side->push_back(reader.text());
        }
    }
    gap.bytes = reader.number<std::uint64_t>();
    return reader.atEnd() ? Result<Gap>(std::move(gap)) : malformed();
}

Bytes encodeHypothesis(const Hypothesis& found)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.text(found.text);
    putNumber(writer, found.confidence);
    writer.number(static_cast<std::uint32_t>(found.evidence.size()));
    for (const std::uint32_t position : found.evidence) {
        writer.number(position);
    }
    return bytes;
}

Result<Hypothesis> decodeHypothesis(ByteView payload)
{
    ByteReader reader(payload);
    Hypothesis found;
    found.text = reader.text();
    found.confidence = takeNumber(reader);
    for (std::size_t left = takeCount(reader, 4); left > 0; --left) {
        found.evidence.push_back(reader.number<std::uint32_t>());
    }
    return reader.atEnd() ? Result<Hypothesis>(std::move(found)) : malformed();
}

} // namespace carma::plugins
