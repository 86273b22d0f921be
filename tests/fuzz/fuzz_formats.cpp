// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later

/// Files of other programs: what carma-parse does with them, and what is made of its answer. PDF is left out: its parser is
/// a library of others that is slow to fuzz, and its crashes are contained by design.
#include "fuzz/fuzz_input.h"
#include "ingest/extract/extract.h"
#include "ingest/ignore_rules.h"

#include <array>

using namespace carma;
using carma::fuzz::Input;

namespace {

constexpr std::array<std::string_view, 8> kExtracted{"a.html", "a.eml", "a.mbox", "a.docx", "a.odt", "a.epub", "a.htm", "a.xhtml"};
constexpr std::array<std::string_view, 6> kRead{"a.csv", "a.tsv", "a.py", "a.cpp", "conversations.json", "chat.txt"};

void examine(const ingest::Draft& draft)
{
    CARMA_ASSERT(!draft.nodes.empty() && draft.nodes[0].level == ingest::Level::Document);
    std::uint64_t passagesEnd = 0;
    for (std::size_t i = 1; i < draft.nodes.size(); ++i) {
        const ingest::Node& node = draft.nodes[i];
        CARMA_ASSERT(node.parent < i && node.offset <= draft.text.size() && node.bytes <= draft.text.size() - node.offset);
        if (node.level == ingest::Level::Passage) {
            CARMA_ASSERT(node.offset == passagesEnd && node.bytes <= ingest::kPassageBytesMax);
            passagesEnd += node.bytes;
        }
    }
    CARMA_ASSERT(passagesEnd == draft.text.size());
}

void extract(std::string_view name, ByteView bytes)
{
    const auto found = ingest::extractFile({name, bytes});
    if (!found.has_value()) {
        return;
    }
    auto received = ingest::decodeExtracted(ingest::encodeExtracted(*found));
    CARMA_ASSERT(received.has_value()); // a parser's answer is always one that is accepted
    if (const auto draft = ingest::draftOf(*std::move(received), "title")) {
        examine(*draft);
    }
}

} // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) { return 0; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Input input(std::as_bytes(std::span(data, size)));
    const std::uint8_t kind = input.byte();
    const std::size_t choice = kind / 4;
    switch (kind % 4) {
    case 0: extract(kExtracted[choice % kExtracted.size()], input.rest()); break;
    case 1:
        if (const auto draft = ingest::readDocument(kRead[choice % kRead.size()], input.rest())) {
            examine(*draft);
        }
        break;
    case 2:
        if (auto received = ingest::decodeExtracted(input.rest())) {
            if (const auto draft = ingest::draftOf(*std::move(received), "title")) {
                examine(*draft);
            }
        }
        break;
    default: {
        ingest::IgnoreRules rules;
        const std::string path = toString(input.take(choice));
        rules.add(asText(input.rest()), "");
        static_cast<void>(rules.ignores(path, true));
    }
    }
    return 0;
}
