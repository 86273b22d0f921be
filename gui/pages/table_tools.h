// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QTableView;
class QWidget;

namespace carma::gui {

class Shell;

/// The window that a widget is in; null before it is in one.
Shell* shellOf(QWidget* widget);

/// What every table can do: columns are shown and hidden by a menu on the header; what is shown is copied and exported by a menu on the
/// rows, which the menu key opens as well.
void equipTable(QTableView* view);
/// Writes what the table shows, to a file of that name, as CSV, JSON or JSON lines by its end.
void exportTable(QTableView* view, const QString& path);
/// Asks where to.
void exportTable(QTableView* view);
/// The table below `root` that has the focus, else the first that can be seen; null if there is none.
QTableView* tableInUse(QWidget* root);

} // namespace carma::gui
