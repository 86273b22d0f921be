// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/key_text.h>

#include <QWidget>

#include <optional>

namespace carma::gui {

/// The fingerprint of a key as a square of nine numbers, larger ones darker, so that two can be compared at a glance.
class MagicSquareView : public QWidget {
    Q_OBJECT

public:
    explicit MagicSquareView(QWidget* parent = nullptr);
    void setFingerprint(std::optional<std::uint64_t> fingerprint); ///< none: empty cells
    [[nodiscard]] const std::optional<MagicSquare>& square() const { return m_square; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::optional<MagicSquare> m_square;
};

} // namespace carma::gui
