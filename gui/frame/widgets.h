// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/problem.h"

#include <QFrame>
#include <QLabel>
#include <QPushButton>

class QVBoxLayout;

namespace carma::gui {

/// Parts that all pages share, so that distances and sizes are the same everywhere.
inline constexpr int kMargin = 20;
inline constexpr int kGap = 12;

QLabel* heading(const QString& text, int pointsMore = 6); ///< larger and half bold
QLabel* quiet(const QString& text);                       ///< secondary text, wraps
QFrame* card();                                           ///< bordered area with a vertical layout
QVBoxLayout* layoutOf(QFrame* card);
/// A button with an accessible name.
QPushButton* button(const QString& text);
/// Sets the name that assistive tools read, and returns the widget.
template <typename Widget> Widget* named(Widget* widget, const QString& name)
{
    widget->setAccessibleName(name);
    return widget;
}

/// What, why, what next, and a button that does it.
class ProblemPanel : public QFrame {
    Q_OBJECT

public:
    explicit ProblemPanel(QWidget* parent = nullptr);
    void show(const Problem& problem);
    void dismiss();
    [[nodiscard]] const Problem& problem() const { return m_problem; }
    [[nodiscard]] QPushButton* remedyButton() const { return m_button; }
    /// What a person sends who asks for help: all that is shown, with the id.
    [[nodiscard]] QString textToCopy() const;

signals:
    void remedyChosen(carma::gui::Remedy remedy);

private:
    Problem m_problem;
    QLabel* m_symbol;
    QLabel* m_what;
    QLabel* m_why;
    QLabel* m_next;
    QPushButton* m_button;
    QPushButton* m_copy;
};

} // namespace carma::gui
