// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/theme.h"
#include "graph/camera.h"
#include "graph/graph.h"

#include <carma/result.h>

#include <QByteArray>
#include <QSize>
#include <QString>

namespace carma::gui {

/// What is shown of the graph, with all that `camera` sees, as a picture of vectors (SVG 1.1, https://www.w3.org/TR/SVG11/).
QByteArray graphAsSvg(const Graph& graph, const Camera& camera, Theme theme);
/// The same as a PNG file, of `pixelsPerUnit` times the camera's size.
QByteArray graphAsPng(const Graph& graph, const Camera& camera, Theme theme, double pixelsPerUnit);
/// All nodes and edges that pass the filter, with places and health, for other graph programs (GraphML,
/// http://graphml.graphdrawing.org/specification.html). Ids are those of the store.
QByteArray graphAsGraphMl(const Graph& graph);

/// Writes the form that the ending of `path` names: .svg, .png or .graphml. InvalidArgument for another; Io, NoSpace. The file is written
/// aside and renamed.
Result<void> exportGraph(const QString& path, const Graph& graph, const Camera& camera, Theme theme);

} // namespace carma::gui
