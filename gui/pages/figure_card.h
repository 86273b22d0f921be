// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace carma::gui {

/// A large figure with its name and a line of detail; pressing it leads somewhere.
class FigureCard : public QAbstractButton {
    Q_OBJECT

public:
    enum class Mood : int { Plain, Good, Warn, Bad };

    explicit FigureCard(const QString& title, QWidget* parent = nullptr);
    void setFigure(const QString& figure, const QString& detail, Mood mood = Mood::Plain);
    [[nodiscard]] QString figure() const { return m_figure; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_figure;
    QString m_detail;
    Mood m_mood = Mood::Plain;
};

} // namespace carma::gui
