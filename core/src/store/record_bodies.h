// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crypto.h"
#include "ingest/reader.h"

#include <carma/health.h>
#include <carma/ids.h>
#include <carma/result.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// What the bodies of the store's records say. Every body begins with a version byte; all numbers are little-endian, counts and lengths
/// of lists inside node tables are LEB128. Byte formats: core/docs/format/bodies.md
namespace carma::store {

/// Ids of documents end in 24 zero bits; node n of a document's tree has the document's id plus n.
inline constexpr std::uint32_t kNodeBits = 24;
FragmentId documentOf(const FragmentId& node);
std::uint32_t nodeNumber(const FragmentId& node);

/// In a note that is one passage the tree is always document, section, passage.
inline constexpr std::uint32_t kNoteSection = 1;
inline constexpr std::uint32_t kNotePassage = 2;

/// A passage. A lone note also carries what a document record would say.
struct FragmentBody {
    FragmentId document;
    std::uint32_t node = 0;   ///< in the document's tree
    std::uint32_t parent = 0; ///< node of its section
    std::uint32_t order = 0;  ///< within the section
    std::uint32_t number = 0; ///< among the document's passages
    std::uint64_t offset = 0; ///< in the document's text
    std::int64_t timeUs = 0;
    bool lone = false;
    std::string title, externalId; ///< of a lone note
    std::vector<std::string> tags; ///< of a lone note
    FragmentId replaces;           ///< of a lone note
    std::string text;
};

struct DocumentBody {
    FragmentId id;
    std::string path, title, mediaType, externalId;
    std::vector<std::string> tags;
    std::vector<std::pair<std::string, std::string>> metadata;
    crypto::Digest digest{}; ///< SHA-256 of the original
    std::uint64_t originalBytes = 0;
    std::int64_t modifiedUs = 0;
    FragmentId replaces;
    bool textIsOriginal = false;
    std::uint32_t passages = 0;
    std::vector<Sequence> pieces;    ///< records of the original, in order
    std::vector<Sequence> nodeParts; ///< records with further nodes, in order
    std::vector<ingest::Node> nodes; ///< in the main record: the first of them
};

struct ForgetBody {
    std::vector<FragmentId> documents, fragments;
    std::vector<Sequence> sequences; ///< the records whose bodies are to go
};

struct NamespaceBody {
    NamespaceId id;
    std::string name;
    Bytes wrappedKey;
};

Bytes encodeFragment(const FragmentBody& body);
Result<FragmentBody> decodeFragment(ByteView bytes);
/// The main record. Its nodes are what fits; callers put the others into encodeNodePart records first.
Bytes encodeDocument(const DocumentBody& body);
/// Corruption for a node part as well: see isNodePart.
Result<DocumentBody> decodeDocument(ByteView bytes);
bool isNodePart(ByteView bytes);
Bytes encodeNodePart(const FragmentId& document, std::span<const ingest::Node> nodes);
Result<std::vector<ingest::Node>> decodeNodePart(ByteView bytes, const FragmentId& document);
Bytes encodeForget(const ForgetBody& body);
Result<ForgetBody> decodeForget(ByteView bytes);
Bytes encodeNamespace(const NamespaceBody& body);
Result<NamespaceBody> decodeNamespace(ByteView bytes);
Bytes encodeFaults(std::span<const Fault> faults);
Result<std::vector<Fault>> decodeFaults(ByteView bytes);

/// Nodes that one document record or node part carries.
inline constexpr std::size_t kNodesARecord = 20'000;
/// Bytes of an original in one record.
inline constexpr std::size_t kPieceBytes = 1U << 20U;

} // namespace carma::store
