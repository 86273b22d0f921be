// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tokenizer.h"

#include "embed/wordpiece.h"

#include <algorithm>
#include <sentencepiece_processor.h>
#include <utility>

namespace carma::openvino {

namespace {

class WordPieceTokenizer final : public Tokenizer {
public:
    static Result<std::unique_ptr<Tokenizer>> make(ModelFolder& model)
    {
        auto pieces = embed::WordPiece::parse(std::move(model.vocabulary));
        if (!pieces.has_value()) {
            return pieces.error().within(model.vocabularyPath);
        }
        const auto first = pieces->idOf("[CLS]");
        const auto last = pieces->idOf("[SEP]");
        if (!first || !last) {
            return {ErrorCode::Corruption, model.vocabularyPath + " has no [CLS] or [SEP]; get the model again"};
        }
        const Special special{*first, *last, pieces->idOf("[PAD]").value_or(0)};
        return std::unique_ptr<Tokenizer>(new WordPieceTokenizer(std::move(*pieces), special));
    }

    void encode(std::string_view text, std::size_t most, std::vector<std::uint32_t>& ids) const override
    {
        m_pieces.encode(text, most, ids);
    }
    [[nodiscard]] Special special() const override { return m_special; }

private:
    WordPieceTokenizer(embed::WordPiece pieces, const Special& special) : m_pieces(std::move(pieces)), m_special(special) {}

    embed::WordPiece m_pieces;
    Special m_special;
};

/// SentencePiece with the ids of XLM-RoBERTa: four special ones come first, <s>, <pad>, </s> and <unk>; the pieces follow, whose first
/// three are the library's own <unk>, <s> and </s> (Conneau et al., "Unsupervised Cross-lingual Representation Learning at Scale", 2020, in
/// the numbering of its dictionary).
class SentencePieceTokenizer final : public Tokenizer {
public:
    static Result<std::unique_ptr<Tokenizer>> make(ModelFolder& model)
    {
        auto pieces = std::make_unique<sentencepiece::SentencePieceProcessor>();
        const auto loaded = pieces->LoadFromSerializedProto(std::exchange(model.vocabulary, {}));
        if (!loaded.ok() || pieces->unk_id() != 0 || pieces->bos_id() != 1 || pieces->eos_id() != 2) {
            return {ErrorCode::Corruption,
                model.vocabularyPath + (loaded.ok() ? " does not begin with <unk>, <s> and </s>" : " is no model of SentencePiece") +
                    "; get the model again"};
        }
        return std::unique_ptr<Tokenizer>(new SentencePieceTokenizer(std::move(pieces)));
    }

    void encode(std::string_view text, std::size_t most, std::vector<std::uint32_t>& ids) const override
    {
        constexpr std::size_t kPieceBytes = 64; // more than a piece has: what is behind so many cannot count
        std::size_t size = std::min(text.size(), most * kPieceBytes);
        while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) {
            --size;
        }
        std::vector<int> found;
        ids.clear();
        if (!m_pieces->Encode(text.substr(0, size), &found).ok()) {
            return;
        }
        found.resize(std::min(found.size(), most));
        std::ranges::transform(
            found, std::back_inserter(ids), [](int id) { return id == 0 ? kUnknown : static_cast<std::uint32_t>(id) + 1; });
    }
    [[nodiscard]] Special special() const override { return {.first = 0, .last = 2, .padding = 1}; }

private:
    static constexpr std::uint32_t kUnknown = 3;

    explicit SentencePieceTokenizer(std::unique_ptr<sentencepiece::SentencePieceProcessor> pieces) : m_pieces(std::move(pieces)) {}

    std::unique_ptr<sentencepiece::SentencePieceProcessor> m_pieces;
};

} // namespace

Result<std::unique_ptr<Tokenizer>> makeTokenizer(ModelFolder& model)
{
    return model.tokenizer == TokenizerKind::SentencePiece ? SentencePieceTokenizer::make(model) : WordPieceTokenizer::make(model);
}

} // namespace carma::openvino
