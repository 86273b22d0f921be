// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/embedder_record.h"

#include "base/byte_io.h"

#include <algorithm>
#include <bit>

namespace carma::store {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kAboutEmbedder = 1; // what a setting is about: part of the stored format
constexpr std::uint8_t kCosine = 1;        // the only metric so far: all vectors have the length 1

bool isPlain(std::string_view name)
{
    const auto isControl = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    return !name.empty() && name.size() <= kEmbedderNameMax && std::ranges::none_of(name, isControl);
}

} // namespace

Result<void> checkEmbedder(const EmbedderRecord& record)
{
    if (!isPlain(record.source) || !isPlain(record.identity.name)) {
        return Error{ErrorCode::InvalidArgument, "an embedder's name is 1 to 256 bytes without control characters"};
    }
    if (record.identity.dimension < 1 || record.identity.dimension > kDimensionMax) {
        return Error{ErrorCode::InvalidArgument,
            "the embedder " + record.identity.name + " makes vectors of " + std::to_string(record.identity.dimension) +
                " numbers; 1 to 16384 are possible"};
    }
    if (!(record.semanticWeight >= 0 && record.semanticWeight <= kSemanticWeightMax)) {
        return Error{
            ErrorCode::InvalidArgument, "the semantic weight that the embedder " + record.identity.name + " advises is not 0 to 4"};
    }
    return {};
}

Bytes encodeEmbedder(const EmbedderRecord& record)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.number(kVersion);
    writer.number(kAboutEmbedder);
    writer.number(static_cast<std::uint8_t>(record.role));
    writer.text(record.source);
    writer.text(record.identity.name);
    writer.number(record.identity.version);
    writer.number(record.identity.dimension);
    writer.number(kCosine);
    writer.number(std::bit_cast<std::uint32_t>(record.semanticWeight));
    return bytes;
}

Result<std::optional<EmbedderRecord>> decodeEmbedder(ByteView bytes)
{
    ByteReader reader(bytes);
    const auto version = reader.number<std::uint8_t>();
    const auto about = reader.number<std::uint8_t>();
    if (version > kVersion) {
        return Error{ErrorCode::Unsupported, "a setting is of a newer version"};
    }
    if (version == kVersion && !reader.failed() && about != kAboutEmbedder) {
        return std::optional<EmbedderRecord>();
    }
    EmbedderRecord record;
    const auto role = reader.number<std::uint8_t>();
    record.role = static_cast<EmbedderRole>(role);
    record.source = reader.text();
    record.identity.name = reader.text();
    record.identity.version = reader.number<std::uint32_t>();
    record.identity.dimension = reader.number<std::uint32_t>();
    const auto metric = reader.number<std::uint8_t>();
    record.semanticWeight = std::bit_cast<float>(reader.number<std::uint32_t>());
    const bool known = role >= static_cast<std::uint8_t>(EmbedderRole::InUse) &&
        role <= static_cast<std::uint8_t>(EmbedderRole::NoneWanted);
    if (version != kVersion || !reader.atEnd() || !known || metric != kCosine || !checkEmbedder(record).has_value()) {
        return Error{ErrorCode::Corruption, "the setting of the embedder is not readable"};
    }
    return std::optional(std::move(record));
}

std::string describe(const EmbedderIdentity& identity)
{
    return identity.name + " " + std::to_string(identity.version) + ", " + std::to_string(identity.dimension) + " numbers";
}

} // namespace carma::store
