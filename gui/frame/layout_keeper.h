// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>

#include <utility>
#include <vector>

class QMainWindow;
class QWidget;

namespace carma::gui {

/// Size and place of the window, docks, columns of tables and places of splitters, each under a name.
using LayoutState = QMap<QString, QByteArray>;

/// `pages` with their ids.
LayoutState layoutOf(const QMainWindow& window, const std::vector<std::pair<QString, QWidget*>>& pages);
/// What the state does not name, or names wrongly, stays as it is.
void restoreLayout(QMainWindow& window, const std::vector<std::pair<QString, QWidget*>>& pages, const LayoutState& state);

} // namespace carma::gui
