// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/memory.h>

#include <vector>

namespace carma::gui {

struct PartPlace {
    float x = 0, y = 0; ///< from the middle of the document
    float radius = 0;
};

/// Where the parts of a document stand in its disk of `radius`: passages in the order of the text clockwise from the top, spread evenly
/// over the area (the fractions of multiples of the golden ratio choose the distance from the middle), sections further inside at the
/// middle of their passages. Parallel to the tree's nodes.
std::vector<PartPlace> partPlaces(const DocumentTree& tree, float radius);

} // namespace carma::gui
