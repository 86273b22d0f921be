// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/problem.h"
#include "app/settings.h"
#include "frame/icons.h"

#include <QKeySequence>
#include <QStringList>
#include <QWidget>

#include <functional>
#include <vector>

class QAction;

namespace carma::gui {

class StoreSession;

/// What the frame offers to pages. Outlives them.
class Shell {
public:
    virtual ~Shell() = default;
    virtual StoreSession& session() = 0;
    virtual Settings& settings() = 0;
    virtual void settingsChanged() = 0; ///< saves and applies them
    /// Shows a page; `detail` is understood by that page ("faults", an id).
    virtual void goTo(const QString& page, const QString& detail = {}) = 0;
    virtual void tell(const QString& line) = 0; ///< a notification
    virtual void tell(const Problem& problem, std::function<void()> retry = {}) = 0;
    /// An action with a shortcut (may be empty) that the command palette and the list of shortcuts show. Owned by the frame.
    virtual QAction* addCommand(const QString& text, const QKeySequence& shortcut, std::function<void()> run) = 0;
    [[nodiscard]] virtual std::vector<QAction*> commands() const = 0;
};

/// One entry of the navigation. Made once; keeps its state while the store is open.
class Page : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;
    /// The page is shown, or what is in the store changed while it was.
    virtual void refresh() {}
    virtual void open(const QString& /*detail*/) {}
    /// What the command line shows the same with, without the program and the store; empty if nothing does.
    [[nodiscard]] virtual QStringList command() const { return {}; }
    /// Another store was opened, or none: forget everything of the one before.
    virtual void reset() {}
};

struct PageEntry {
    QString id;
    QString title;
    Symbol symbol{};
    std::function<Page*(Shell&)> make;
};

/// All pages, in the order of the navigation. A new page adds a line there.
std::vector<PageEntry> pageEntries();

} // namespace carma::gui
