// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later

/// What lies inside sealed records and snapshots, and the files that people ingest.
#include "core/query/fake_embedder.h"
#include "fuzz/fuzz_input.h"
#include "ingest/reader.h"
#include "query/search_engine.h"
#include "store/record_bodies.h"

#include <algorithm>
#include <array>
#include <cmath>

using namespace carma;
using carma::fuzz::Files;
using carma::fuzz::Input;

namespace {

const FragmentId kDocument = FragmentId{}.plus(std::uint64_t{7} << store::kNodeBits);

store::DocumentBody documentBody()
{
    store::DocumentBody body;
    body.id = kDocument;
    body.path = "folder/letter.md";
    body.title = "A letter";
    body.mediaType = "text/markdown";
    body.tags = {"one", "two"};
    body.metadata = {{"author", "somebody"}};
    body.originalBytes = 300;
    body.passages = 1;
    body.pieces = {5, 6};
    body.nodeParts = {9};
    body.nodes = {{.level = ingest::Level::Document, .bytes = 300, .title = "A letter"},
        {.level = ingest::Level::Section, .parent = 0, .offset = 0, .bytes = 300, .title = "Part"},
        {.level = ingest::Level::Passage, .parent = 1, .offset = 10, .bytes = 290, .title = {}, .timeUs = -3}};
    return body;
}

store::FragmentBody fragmentBody()
{
    store::FragmentBody body;
    body.document = kDocument;
    body.lone = true;
    body.title = "Note";
    body.tags = {"tag"};
    body.text = "The text of a note.";
    return body;
}

/// Valid bodies, in the order of decodeBody's kinds.
const std::vector<Bytes>& bodies()
{
    static const std::vector<Bytes> made{store::encodeFragment(fragmentBody()), store::encodeDocument(documentBody()),
        store::encodeNodePart(kDocument, documentBody().nodes),
        store::encodeForget({.documents = {kDocument}, .fragments = {kDocument.plus(2)}, .sequences = {1, 2, 3}}),
        store::encodeNamespace({.id = NamespaceId{}.plus(1), .name = "space", .wrappedKey = Bytes(60)}),
        store::encodeFaults(std::vector<Fault>{{.kind = FaultKind::BadSector, .file = "shards/0/superblock", .sector = 1}})};
    return made;
}

/// What was decoded, encoded again, decodes to the same: a body that is read can be written without a change of meaning.
template <typename Decode, typename Encode> void stays(ByteView bytes, Decode decode, Encode encode)
{
    if (const auto first = decode(bytes)) {
        const Bytes once = encode(*first);
        const auto second = decode(ByteView(once));
        CARMA_ASSERT(second.has_value() && encode(*second) == once);
    }
}

void decodeBody(std::size_t kind, ByteView bytes)
{
    const auto decodePart = [](ByteView part) { return store::decodeNodePart(part, kDocument); };
    const auto encodePart = [](const auto& nodes) { return store::encodeNodePart(kDocument, nodes); };
    switch (kind) {
    case 0: stays(bytes, store::decodeFragment, store::encodeFragment); break;
    case 1: stays(bytes, store::decodeDocument, store::encodeDocument); break;
    case 2: stays(bytes, decodePart, encodePart); break;
    case 3: stays(bytes, store::decodeForget, store::encodeForget); break;
    case 4: stays(bytes, store::decodeNamespace, store::encodeNamespace); break;
    default: stays(bytes, store::decodeFaults, [](const std::vector<Fault>& faults) { return store::encodeFaults(faults); });
    }
}

Bytes editedOrRaw(Input& input, const Bytes& good)
{
    if (input.byte() % 4 == 0) {
        return toBytes(input.rest());
    }
    Files files{good};
    fuzz::applyEdits(input, fuzz::Intent::Forge, files, {});
    return files[0].value_or(Bytes());
}

// --- snapshots of the search engine

std::vector<query::PassageView> passages()
{
    constexpr std::array<std::string_view, 6> kTexts{
        "alder birch cedar", "birch and elm by the river", "void", "cedar fir hazel oak", "the oak fell in the storm", "pine"};
    std::vector<query::PassageView> views;
    for (std::size_t i = 0; i < kTexts.size(); ++i) {
        query::PassageView view;
        view.document = kDocument.plus((i / 3) << store::kNodeBits);
        view.id = view.document.plus(i + 2);
        view.parent = view.document.plus(1);
        view.order = static_cast<std::uint32_t>(i % 3);
        view.sequence = i;
        view.title = "trees";
        view.text = kTexts[i];
        views.push_back(view);
    }
    return views;
}

const std::shared_ptr<Embedder>& embedder()
{
    static const std::shared_ptr<Embedder> made = std::make_shared<test::FakeEmbedder>();
    return made;
}

const Bytes& snapshot()
{
    static const Bytes made = [] {
        const auto engine = query::makeSearchEngine(embedder(), {});
        CARMA_ASSERT(engine->add(passages()).has_value());
        return engine->encode(6);
    }();
    return made;
}

/// An engine from a snapshot must stand everything that one can be asked, and be written and read again.
void decodeSnapshot(Input& input)
{
    const Bytes bytes = editedOrRaw(input, snapshot());
    auto decoded = query::decodeSearchEngine(bytes, embedder(), {});
    if (!decoded.has_value()) {
        return;
    }
    query::SearchEngine& engine = *decoded->engine;
    for (const auto mode : {query::Mode::Hybrid, query::Mode::Semantic, query::Mode::Lexical}) {
        query::Request request;
        request.text = "birch oak river";
        request.mode = mode;
        request.explain = true;
        const auto answer = engine.search(request);
        CARMA_ASSERT(!answer.has_value() || answer->hits.size() <= request.limit);
    }
    const auto views = passages();
    const auto added = engine.add(std::span(views).first(2));
    CARMA_ASSERT(added.has_value() || engine.isDamaged());
    if (engine.isDamaged()) {
        return; // it is thrown away
    }
    const std::array<FragmentId, 2> gone{views[1].id, views[4].id};
    engine.remove(gone);
    const Bytes again = engine.encode(decoded->appliedSequence);
    const auto second = query::decodeSearchEngine(again, embedder(), {});
    CARMA_ASSERT(second.has_value() && second->engine->size() == engine.size());
}

// --- files that are ingested

constexpr std::array<std::string_view, 9> kPaths{"a.txt", "a.md", "a.markdown", "a.jsonl", "a.json", "a", "a.pdf", "a.log", "a.html"};

/// What a draft promises: a tree of real nodes whose passages are the text, byte for byte.
void examine(const ingest::Draft& draft, ByteView file)
{
    CARMA_ASSERT(!draft.nodes.empty() && draft.nodes[0].level == ingest::Level::Document);
    CARMA_ASSERT(!draft.textIsOriginal || draft.text == asText(file));
    std::uint64_t passagesEnd = 0;
    for (std::size_t i = 0; i < draft.nodes.size(); ++i) {
        const ingest::Node& node = draft.nodes[i];
        CARMA_ASSERT(node.offset <= draft.text.size() && node.bytes <= draft.text.size() - node.offset);
        CARMA_ASSERT(i == 0 ? node.parent == 0 : node.parent < i);
        const ingest::Node& parent = draft.nodes[node.parent];
        CARMA_ASSERT(i == 0 || parent.level < node.level);
        CARMA_ASSERT(node.offset >= parent.offset && node.offset + node.bytes <= parent.offset + parent.bytes);
        if (node.level == ingest::Level::Passage) {
            CARMA_ASSERT(node.offset == passagesEnd && node.bytes <= ingest::kPassageBytesMax);
            passagesEnd += node.bytes;
        }
    }
    CARMA_ASSERT(passagesEnd == draft.text.size());
}

void readFile(Input& input)
{
    const std::string_view path = kPaths[input.byte() % kPaths.size()];
    const ByteView bytes = input.rest();
    if (const auto draft = ingest::readDocument(path, bytes)) {
        examine(*draft, bytes);
    }
    if (const auto note = ingest::draftNote("title", asText(bytes))) {
        examine(*note, bytes);
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***)
{
    static_cast<void>(snapshot());
    static_cast<void>(bodies());
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Input input(std::as_bytes(std::span(data, size)));
    switch (input.byte() % 3) {
    case 0: {
        const std::size_t kind = input.byte() % bodies().size();
        decodeBody(kind, editedOrRaw(input, bodies()[kind]));
        break;
    }
    case 1: decodeSnapshot(input); break;
    default: readFile(input);
    }
    return 0;
}
