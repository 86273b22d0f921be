// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model_folder.h"

#include <carma/result.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace carma::openvino {

/// What makes ids of a text, as the model was trained with. Thread-safe.
class Tokenizer {
public:
    /// What stands before and after a text, and what fills a batch.
    struct Special {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
        std::uint32_t padding = 0;
    };

    virtual ~Tokenizer() = default;
    /// The first `most` ids of the text at most, in the place of what is in `ids`; without the special ones.
    virtual void encode(std::string_view text, std::size_t most, std::vector<std::uint32_t>& ids) const = 0;
    [[nodiscard]] virtual Special special() const = 0;
};

/// Takes the vocabulary out of `model`. Corruption with the file and the next step.
Result<std::unique_ptr<Tokenizer>> makeTokenizer(ModelFolder& model);

} // namespace carma::openvino
